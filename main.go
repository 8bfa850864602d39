// Command handover-desktop is the seller's window.
package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"

	"handover/app"
	"handover/backend"
	"handover/backend/order"
	"handover/frontend"
)

func main() {
	home := os.Getenv("HANDOVER_HOME")
	if home == "" {
		home = filepath.Join(xdg.DataHome, "handover")
	}
	log := app.NewLog(home)
	program := app.New(app.Options{
		Home: home, Version: backend.Version, Log: log, OpenFolder: app.OpenFolder,
		StartTrial: func(dir string) (app.Trial, error) {
			pages, _ := frontend.Review()
			return backend.StartLocal(backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Pages: pages, Log: log})
		},
	})
	pages, _ := frontend.Desktop()
	err := wails.Run(&options.App{
		Title: "Handover", Width: 1100, Height: 760, MinWidth: 720, MinHeight: 520,
		BackgroundColour: options.NewRGB(250, 250, 249),
		AssetServer:      &assetserver.Options{Assets: pages},
		OnStartup:        func(ctx context.Context) { program.Start(app.NewWailsWindow(ctx)) },
		OnShutdown:       func(context.Context) { program.Stop() },
		Bind:             []any{program.App()},
		ErrorFormatter:   app.FormatError,
		DragAndDrop:      &options.DragAndDrop{EnableFileDrop: true},
		Linux:            &linux.Options{ProgramName: "handover", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
	if err != nil {
		log.Error("the window did not open", "error", err)
		os.Exit(1)
	}
}
