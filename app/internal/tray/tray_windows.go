package tray

import (
	"errors"
	"runtime"
	"slices"
	"sync"
)

// Tray is a symbol in the notification area. Its window has a thread of its
// own, because Windows gives a window's messages to the thread that made it.
type Tray struct {
	window *window
	work   sync.WaitGroup // the thread, and who tells what is pressed

	mu     sync.Mutex
	look   Look
	closed bool
}

var errClosed = errors.New("the symbol was taken away")

// Show puts the symbol up, as soon as there is a taskbar, also when that comes
// later or again. pressed is told the keys of what is clicked, one at a time; it
// must not call Close. Windows keeps a little of each symbol until the program
// ends, so it is shown once and changed by Set.
func Show(look Look, pressed func(key string)) (*Tray, error) {
	t := &Tray{look: clone(look)}
	keys := make(chan string, 16)
	opened := make(chan error)
	t.work.Go(func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its window
		defer close(keys)
		var err error
		t.window, err = openWindow(t.now, func(key string) {
			select {
			case keys <- key:
			default: // nobody clicks that often; the window must not wait
			}
		})
		opened <- err
		if err == nil {
			t.window.run()
		}
	})
	t.work.Go(func() {
		for key := range keys {
			pressed(key)
		}
	})
	if err := <-opened; err != nil {
		t.work.Wait()
		return nil, err
	}
	return t, nil
}

func clone(look Look) Look {
	look.Items = slices.Clone(look.Items)
	return look
}

// now is how the symbol shall look.
func (t *Tray) now() Look {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.look
}

// Set changes how it looks, soon; where there is no taskbar, once there is one.
func (t *Tray) Set(look Look) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return errClosed
	}
	t.look = clone(look)
	return t.window.post(msgLook)
}

// Hosted reports whether the taskbar has the symbol now; it may lie among those
// that an arrow unfolds.
func (t *Tray) Hosted() bool {
	t.mu.Lock()
	closed, text := t.closed, t.look.Text
	t.mu.Unlock()
	return !closed && t.window.notify(notifyModify, 0, text)
}

// Close takes the symbol away, and its menu when that is open.
func (t *Tray) Close() error {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		if err := t.window.post(wmClose); err != nil {
			t.mu.Unlock()
			return err
		}
	}
	t.mu.Unlock()
	t.work.Wait()
	return nil
}
