package shell

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
)

// Reveal opens a folder in the file manager, whose process ends with ctx.
func (s *Shell) Reveal(ctx context.Context, dir string) error {
	wait, err := s.options.OpenFolder(ctx, dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	s.tasks.Go(func() {
		if err := wait(); err != nil && ctx.Err() == nil {
			s.options.Log.Warn("the file manager failed", "error", err)
		}
	})
	return nil
}

// fileManagers are the programs that open a folder, their last argument.
var fileManagers = map[string]string{"linux": "xdg-open", "darwin": "open", "windows": "explorer"}

// OpenFolder starts the system's file manager on a folder and returns a function
// that waits for its process, which ends with ctx.
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
		if runtime.GOOS == "windows" { // explorer exits with 1 even on success
			return nil
		}
		return err
	}, nil
}
