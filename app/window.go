package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	goruntime "runtime"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// dock is whether programs stay in the Dock when their window is closed, as on a
// Mac, where they end with Cmd-Q. Only that comes to BeforeClose then. The Dock
// brings a program back that was hidden, but no window that never was there.
const dock = goruntime.GOOS == "darwin"

// Open opens the window on the built pages and returns once it has closed. args
// are the program's own. A second start on the same data folder hands its
// arguments over to the first and ends.
func Open(p *Program, pages fs.FS, args []string) error {
	p.asked.note(args)
	p.away.Store(startsHidden(args))
	place := p.lastPlace()
	state := options.Normal
	if place.Maximised {
		state = options.Maximised
	}
	return wails.Run(&options.App{
		Title: "Handover", Width: place.Width, Height: place.Height, MinWidth: smallest.Width, MinHeight: smallest.Height,
		WindowStartState: state,
		BackgroundColour: options.NewRGB(250, 250, 249),
		AssetServer:      &assetserver.Options{Assets: pages},
		OnStartup:        func(ctx context.Context) { p.Start(NewWailsWindow(ctx)) },
		OnDomReady: func(ctx context.Context) {
			p.domReady.Do(func() {
				p.restorePlace()
				if dock && startsHidden(args) {
					runtime.Hide(ctx)
				}
			})
		},
		HideWindowOnClose: dock,
		OnBeforeClose:     func(context.Context) bool { return p.BeforeClose() },
		OnShutdown:        func(context.Context) { p.Stop() },
		Bind:              []any{p.App()},
		ErrorFormatter:    FormatError,
		DragAndDrop:       &options.DragAndDrop{EnableFileDrop: true},
		StartHidden:       startsHidden(args) && !dock,
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId:               instanceID(p.options.Home),
			OnSecondInstanceLaunch: func(second options.SecondInstanceData) { p.StartedAgain(second.Args) },
		},
		Mac:   &mac.Options{OnUrlOpen: func(link string) { p.StartedAgain([]string{link}) }},
		Linux: &linux.Options{ProgramName: "handover", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
}

// instanceID names the one window of a data folder.
func instanceID(home string) string {
	if full, err := filepath.Abs(home); err == nil {
		home = full
	}
	sum := sha256.Sum256([]byte(home))
	return "handover-" + hex.EncodeToString(sum[:8])
}
