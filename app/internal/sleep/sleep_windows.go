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

// KeepAwake prevents sleep until release is called. The reason is not used on Windows.
func KeepAwake(string) (release func(), err error) {
	if err := setThreadExecutionState.Find(); err != nil {
		return nil, err
	}
	end, set := make(chan struct{}), make(chan error)
	var work sync.WaitGroup
	work.Go(func() {
		// Stay locked to the thread: the state belongs to it and ends with it.
		runtime.LockOSThread()
		before, _, err := setThreadExecutionState.Call(continuous | systemRequired)
		if before == 0 {
			set <- err
			return
		}
		set <- nil
		<-end
	})
	if err := <-set; err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() {
		close(end)
		work.Wait()
	}), nil
}

// Woken returns at once: the upload queue detects sleep by the clock.
func Woken(context.Context, func()) error { return nil }
