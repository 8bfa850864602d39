package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"handover/app/internal/problem"
)

// reveal shows a folder in the file manager.
func (p *Program) reveal(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || !filepath.IsAbs(dir) {
		return &problem.Error{Code: problem.CodeFolderGone, Message: fmt.Sprintf("the folder %s is not there", dir), Cause: err}
	}
	wait, err := p.options.OpenFolder(p.ctx, dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	p.pump.Go(func() {
		if err := wait(); err != nil && p.ctx.Err() == nil {
			p.options.Log.Warn("the file manager ended with a fault", "error", err)
		}
	})
	return nil
}

// fileManagers show a folder that is their last argument.
var fileManagers = map[string]string{"linux": "xdg-open", "darwin": "open", "windows": "explorer"}

// OpenFolder starts the system's file manager on a folder, and returns a
// function that waits for it; it ends with ctx.
func OpenFolder(ctx context.Context, dir string) (wait func() error, err error) {
	name, ok := fileManagers[runtime.GOOS]
	if !ok {
		return nil, errors.New("no file manager is known on this system")
	}
	run := exec.CommandContext(ctx, name, dir)
	if err := run.Start(); err != nil {
		return nil, err
	}
	return func() error {
		err := run.Wait()
		if runtime.GOOS == "windows" { // explorer ends with 1 whatever it did
			return nil
		}
		return err
	}, nil
}
