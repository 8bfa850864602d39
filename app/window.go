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

	"handover/app/internal/shell"
	"handover/app/internal/sleep"
	"handover/app/internal/windowstate"
)

// dock says whether programs stay in the Dock after their window closes, as on a
// Mac. There only Cmd-Q ends a program and calls BeforeClose. The Dock can show a
// hidden window again, but cannot open a window for the first time.
const dock = goruntime.GOOS == "darwin"

// Usage is the text that --help prints.
const Usage = shell.Usage

// CheckArguments returns an error for an argument that the program does not know.
func CheckArguments(args []string) error { return shell.CheckArguments(args) }

// ThisProgram returns the running program's installation.
func ThisProgram() (shell.Installation, error) { return shell.ThisProgram() }

// Open opens the window on the built pages and returns after it has closed. args
// are the program's arguments. A second start with the same data folder passes its
// arguments to the first and ends.
func Open(p *Program, pages fs.FS, args []string) error {
	hidden := p.shell.Arguments(args)
	place := p.shell.LastPlace()
	state := options.Normal
	if place.Maximised {
		state = options.Maximised
	}
	return wails.Run(&options.App{
		Title: "Handover", Width: place.Width, Height: place.Height, MinWidth: shell.Smallest.Width, MinHeight: shell.Smallest.Height,
		WindowStartState: state,
		BackgroundColour: options.NewRGB(250, 250, 249),
		AssetServer:      &assetserver.Options{Assets: pages},
		OnStartup:        func(ctx context.Context) { p.Start(NewWailsWindow(ctx)) },
		OnDomReady: func(ctx context.Context) {
			p.domReady.Do(func() {
				p.restorePlace()
				if dock && hidden {
					runtime.Hide(ctx)
				}
			})
		},
		HideWindowOnClose: dock,
		OnBeforeClose:     func(context.Context) bool { return p.BeforeClose() },
		OnShutdown:        func(context.Context) { p.Stop() },
		Bind:              p.Bound().values(),
		ErrorFormatter:    FormatError,
		DragAndDrop:       &options.DragAndDrop{EnableFileDrop: true},
		StartHidden:       hidden && !dock,
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId:               instanceID(p.options.Home),
			OnSecondInstanceLaunch: func(second options.SecondInstanceData) { p.StartedAgain(second.Args) },
		},
		Mac:   &mac.Options{OnUrlOpen: func(link string) { p.StartedAgain([]string{link}) }},
		Linux: &linux.Options{ProgramName: "handover", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
}

// instanceID identifies the only window of a data folder.
func instanceID(home string) string {
	if full, err := filepath.Abs(home); err == nil {
		home = full
	}
	sum := sha256.Sum256([]byte(home))
	return "handover-" + hex.EncodeToString(sum[:8])
}

// WailsWindow is the real window. Its context must come from Wails' start-up: with
// another context the runtime ends the process.
type WailsWindow struct{ ctx context.Context }

var _ Window = WailsWindow{}

// NewWailsWindow returns the window of Wails' start-up context.
func NewWailsWindow(ctx context.Context) WailsWindow { return WailsWindow{ctx} }

// Emit implements [shell.Window].
func (w WailsWindow) Emit(event string, data ...any) { runtime.EventsEmit(w.ctx, event, data...) }

// OpenFiles implements [Window].
func (w WailsWindow) OpenFiles() ([]string, error) {
	return runtime.OpenMultipleFilesDialog(w.ctx, runtime.OpenDialogOptions{ShowHiddenFiles: false})
}

// OpenFolder implements [Window].
func (w WailsWindow) OpenFolder() ([]string, error) {
	folder, err := runtime.OpenDirectoryDialog(w.ctx, runtime.OpenDialogOptions{})
	if err != nil || folder == "" {
		return nil, err
	}
	return []string{folder}, nil
}

// SaveFile implements [Window].
func (w WailsWindow) SaveFile(name string) (string, error) {
	return runtime.SaveFileDialog(w.ctx, runtime.SaveDialogOptions{DefaultFilename: name, CanCreateDirectories: true})
}

// OpenURL implements [Window].
func (w WailsWindow) OpenURL(url string) { runtime.BrowserOpenURL(w.ctx, url) }

// Show implements [shell.Frame].
func (w WailsWindow) Show() {
	runtime.WindowShow(w.ctx)
	runtime.WindowUnminimise(w.ctx)
}

// Place implements [shell.Frame].
func (w WailsWindow) Place() (p windowstate.Place) {
	p.X, p.Y = runtime.WindowGetPosition(w.ctx)
	p.Width, p.Height = runtime.WindowGetSize(w.ctx)
	p.Maximised = runtime.WindowIsMaximised(w.ctx)
	screens, err := runtime.ScreenGetAll(w.ctx)
	if err != nil {
		return p // no screens: the system chooses the position
	}
	for _, s := range screens {
		p.Screens = append(p.Screens, windowstate.Screen{Width: s.Size.Width, Height: s.Size.Height})
	}
	return p
}

// Move implements [shell.Frame].
func (w WailsWindow) Move(x, y int) { runtime.WindowSetPosition(w.ctx, x, y) }

// Hide implements [shell.Frame].
func (w WailsWindow) Hide() { runtime.WindowHide(w.ctx) }

// Quit implements [shell.Frame].
func (w WailsWindow) Quit() { runtime.Quit(w.ctx) }

// KeepAwake implements [shell.Desktop].
func (w WailsWindow) KeepAwake(why string) (release func(), err error) { return sleep.KeepAwake(why) }
