package tray

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// window is the hidden one that the taskbar tells what happens to the symbol. It
// belongs to one thread; post and notify may be called by any. It is a window
// like others and not one for messages only, which hear of no new taskbar.
type window struct {
	handle  windows.HWND
	class   *uint16
	program windows.Handle
	look    func() Look
	press   func(key string) // does not wait
	// taskbarCreated tells that there is a taskbar, a new one after a crash, or
	// one on a screen with other points.
	taskbarCreated uint32
	added          bool // the taskbar has the symbol
	gone           bool // the window is destroyed
}

// openWindow makes the window and shows the symbol. Whoever calls it runs the
// window on the same thread.
func openWindow(look func() Look, press func(string)) (*window, error) {
	w := &window{look: look, press: press, class: text(fmt.Sprintf("handover-tray-%d", windows.GetCurrentThreadId()))}
	w.taskbarCreated = uint32(call(registerWindowMessage, uintptr(unsafe.Pointer(text("TaskbarCreated")))))
	const unchanged = windows.GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT
	if err := windows.GetModuleHandleEx(unchanged, nil, &w.program); err != nil {
		return nil, fmt.Errorf("make a window for the symbol: %w", err)
	}
	class := windowClass{procedure: windows.NewCallback(w.heard), instance: w.program, name: w.class}
	class.size = uint32(unsafe.Sizeof(class))
	if ok, _, err := registerClass.Call(uintptr(unsafe.Pointer(&class))); ok == 0 {
		return nil, fmt.Errorf("register a window for the symbol: %w", err)
	}
	handle, _, err := createWindow.Call(0, uintptr(unsafe.Pointer(w.class)), 0, 0, 0, 0, 0, 0, 0, 0, uintptr(w.program), 0)
	if handle == 0 {
		w.forgetClass()
		return nil, fmt.Errorf("make a window for the symbol: %w", err)
	}
	w.handle = windows.HWND(handle)
	w.put()
	return w, nil
}

func (w *window) forgetClass() {
	call(unregisterClass, uintptr(unsafe.Pointer(w.class)), uintptr(w.program))
}

// run lives as long as the window.
func (w *window) run() {
	defer w.forgetClass()
	var m message
	for !w.gone {
		if got := int32(call(getMessage, uintptr(unsafe.Pointer(&m)), 0, 0, 0)); got <= 0 {
			return
		}
		call(translateMessage, uintptr(unsafe.Pointer(&m)))
		call(dispatchMessage, uintptr(unsafe.Pointer(&m)))
	}
}

// heard takes a message.
func (w *window) heard(handle windows.HWND, what uint32, wide, long uintptr) uintptr {
	switch what {
	case msgShell:
		w.clicked(uint32(long)&0xffff, wide)
	case msgLook, wmTimer:
		w.put()
	case w.taskbarCreated:
		w.added = false
		w.put()
	case wmClose:
		call(endMenu)
		call(destroyWindow, uintptr(handle))
	case wmDestroy:
		w.remove()
		w.gone = true
	case wmEndSession: // the program ends without being asked again
		if wide != 0 {
			w.remove()
		}
	default:
		return call(defWindowProc, uintptr(handle), uintptr(what), wide, long)
	}
	return 0
}

// clicked does what a click on the symbol, or a key while it is selected, is for.
func (w *window) clicked(how uint32, where uintptr) {
	switch how {
	case ninSelect, ninKeySelect:
		w.press(Open)
	case wmContextMenu: // the place may be negative, on a screen left of the first
		w.choose(int16(where), int16(where>>16))
	}
}

// post sends the window one of its own messages.
func (w *window) post(what uint32) error {
	if ok, _, err := postMessage.Call(uintptr(w.handle), uintptr(what), 0, 0); ok == 0 {
		return fmt.Errorf("tell the symbol's window: %w", err)
	}
	return nil
}

const (
	retryTimer = 1
	retryEvery = 5000 // milliseconds
)

// put shows the symbol as it shall look. While that fails it is tried again:
// a taskbar that is busy refuses too.
func (w *window) put() {
	look := w.look()
	if icon := newIcon(look.State); icon != 0 {
		defer call(destroyIcon, icon) // the taskbar has its own
		w.added = w.added && w.notify(notifyModify, icon, look.Text)
		if !w.added {
			// One that was busy may have it all the same.
			w.added = w.notify(notifyAdd, icon, look.Text) || w.notify(notifyModify, icon, look.Text)
			w.notify(notifySetVersion, 0, "")
		}
	}
	if w.added {
		call(killTimer, uintptr(w.handle), retryTimer)
	} else {
		call(setTimer, uintptr(w.handle), retryTimer, retryEvery, 0)
	}
}

func (w *window) remove() {
	w.notify(notifyDelete, 0, "")
	w.added = false
}

// notify tells the taskbar of the symbol, and reports whether it listened. Icon
// and tip stay as they are where none is given.
func (w *window) notify(what uintptr, icon uintptr, tip string) bool {
	n := notifyIcon{window: w.handle, version: 4, callback: msgShell}
	n.size = uint32(unsafe.Sizeof(n))
	n.flags = nifMessage
	if icon != 0 {
		n.flags |= nifIcon
		n.icon = icon
	}
	if tip != "" {
		n.flags |= nifTip | nifShowTip
		copy(n.tip[:], shorten("Handover: "+tip, len(n.tip)-1))
	}
	return call(shellNotifyIcon, what, uintptr(unsafe.Pointer(&n))) != 0
}
