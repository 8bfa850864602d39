package app

import (
	"context"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"handover/app/internal/sleep"
	"handover/app/internal/windowstate"
)

// WailsWindow is the real window. Its context must be the one that Wails gave
// at start-up: with any other the runtime ends the process.
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
		return p // none: the system then chooses the place
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
