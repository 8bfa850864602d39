package tray

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// window is the hidden window that receives the taskbar's messages about the icon. It belongs
// to one thread, but post and notify may be called from any. It is not a message-only
// window, because those do not receive the message about a new taskbar.
type window struct {
	handle  windows.HWND
	class   *uint16
	program windows.Handle
	look    func() Look
	press   func(key string) // must not block
	// taskbarCreated is the message that a taskbar was created: at the start, after a
	// crash, or for another resolution.
	taskbarCreated uint32
	added          bool // the taskbar has the icon
	gone           bool // the window is destroyed
}

// openWindow creates the window and shows the icon. Call run on the same thread.
func openWindow(look func() Look, press func(string)) (*window, error) {
	w := &window{look: look, press: press, class: text(fmt.Sprintf("handover-tray-%d", windows.GetCurrentThreadId()))}
	w.taskbarCreated = uint32(call(registerWindowMessage, uintptr(unsafe.Pointer(text("TaskbarCreated")))))
	const unchanged = windows.GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT
	if err := windows.GetModuleHandleEx(unchanged, nil, &w.program); err != nil {
		return nil, fmt.Errorf("create a window for the tray icon: %w", err)
	}
	class := windowClass{procedure: windows.NewCallback(w.heard), instance: w.program, name: w.class}
	class.size = uint32(unsafe.Sizeof(class))
	if ok, _, err := registerClass.Call(uintptr(unsafe.Pointer(&class))); ok == 0 {
		return nil, fmt.Errorf("register a window class for the tray icon: %w", err)
	}
	handle, _, err := createWindow.Call(0, uintptr(unsafe.Pointer(w.class)), 0, 0, 0, 0, 0, 0, 0, 0, uintptr(w.program), 0)
	if handle == 0 {
		w.forgetClass()
		return nil, fmt.Errorf("create a window for the tray icon: %w", err)
	}
	w.handle = windows.HWND(handle)
	w.put()
	return w, nil
}

func (w *window) forgetClass() {
	call(unregisterClass, uintptr(unsafe.Pointer(w.class)), uintptr(w.program))
}

// run handles messages until the window is destroyed.
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

// heard handles a message.
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
	case wmEndSession: // the program ends without another message
		if wide != 0 {
			w.remove()
		}
	default:
		return call(defWindowProc, uintptr(handle), uintptr(what), wide, long)
	}
	return 0
}

// clicked handles a click on the icon, or a key while it is selected.
func (w *window) clicked(how uint32, where uintptr) {
	switch how {
	case ninSelect, ninKeySelect:
		w.press(Open)
	case wmContextMenu: // the position may be negative, on a screen to the left of the first
		w.choose(int16(where), int16(where>>16))
	}
}

// post sends the window a message of the program.
func (w *window) post(what uint32) error {
	if ok, _, err := postMessage.Call(uintptr(w.handle), uintptr(what), 0, 0); ok == 0 {
		return fmt.Errorf("send a message to the tray icon's window: %w", err)
	}
	return nil
}

const (
	retryTimer = 1
	retryEvery = 5000 // milliseconds
)

// put shows the current appearance. It retries after an error, because a busy taskbar
// refuses, too.
func (w *window) put() {
	look := w.look()
	if icon := newIcon(look.State); icon != 0 {
		defer call(destroyIcon, icon) // the taskbar has its own copy
		w.added = w.added && w.notify(notifyModify, icon, look.Text)
		if !w.added {
			// A busy taskbar may have added the icon all the same.
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

// notify sends a command about the icon to the taskbar, and reports success. A zero icon or
// tooltip stays unchanged.
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
