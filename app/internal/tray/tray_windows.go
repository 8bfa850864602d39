package tray

import (
	"errors"
	"runtime"
	"slices"
	"sync"
)

// Tray is an icon in the notification area. Its window has its own thread, because Windows
// sends a window's messages to the thread that created it.
type Tray struct {
	window *window
	work   sync.WaitGroup // the thread, and the goroutine that calls pressed

	mu     sync.Mutex
	look   Look
	closed bool
}

var errClosed = errors.New("the tray icon was removed")

// Show shows the icon as soon as there is a taskbar, also if the taskbar appears later or
// restarts. pressed receives the keys of clicked items, one at a time; it must not call
// Close. Windows leaks a little memory for each icon, so create it once and change it with
// Set.
func Show(look Look, pressed func(key string)) (*Tray, error) {
	t := &Tray{look: clone(look)}
	keys := make(chan string, 16)
	opened := make(chan error)
	t.work.Go(func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its window
		defer close(keys)
		var err error
		t.window, err = openWindow(t.now, func(key string) {
			select {
			case keys <- key:
			default: // drop the click: the window must not wait
			}
		})
		opened <- err
		if err != nil {
			return
		}
		t.window.run()
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

// now returns the current appearance.
func (t *Tray) now() Look {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.look
}

// Set changes the appearance soon, or when a taskbar appears.
func (t *Tray) Set(look Look) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return errClosed
	}
	t.look = clone(look)
	return t.window.post(msgLook)
}

// Hosted reports whether the taskbar has the icon. The icon may be in the overflow area.
func (t *Tray) Hosted() bool {
	t.mu.Lock()
	closed, text := t.closed, t.look.Text
	t.mu.Unlock()
	return !closed && t.window.notify(notifyModify, 0, text)
}

// Close removes the icon and closes its menu.
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
