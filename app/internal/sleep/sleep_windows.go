package sleep

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sys/windows"
)

const (
	continuous     = 0x80000000 // ES_CONTINUOUS
	systemRequired = 0x00000001 // ES_SYSTEM_REQUIRED
)

var setThreadExecutionState = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// KeepAwake keeps the computer from going to sleep until release is called.
// Windows has no place for the reason.
func KeepAwake(string) (release func(), err error) {
	if err := setThreadExecutionState.Find(); err != nil {
		return nil, err
	}
	end, set := make(chan struct{}), make(chan error)
	var work sync.WaitGroup
	work.Go(func() {
		// The state is that of a thread, and ends with it: it is not unlocked.
		runtime.LockOSThread()
		before, _, err := setThreadExecutionState.Call(continuous | systemRequired)
		if before != 0 {
			err = nil
		}
		set <- err
		if err == nil {
			<-end
		}
	})
	if err := <-set; err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() {
		close(end)
		work.Wait()
	}), nil
}

// Woken returns at once: the queue of uploads notices sleep by the clock.
func Woken(context.Context, func()) error { return nil }
