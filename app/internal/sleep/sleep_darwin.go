package sleep

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"sync"
)

// KeepAwake prevents sleep until release is called or the program ends. The reason is not
// used on macOS.
func KeepAwake(string) (release func(), err error) {
	// Not bound to a context: release ends it.
	tool := exec.Command("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid())) //nolint:noctx // see above
	if err := tool.Start(); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() {
		_ = tool.Process.Kill()
		_ = tool.Wait() // killed
	}), nil
}

// Woken returns at once: the queue of uploads notices sleep by the clock.
func Woken(context.Context, func()) error { return nil }
