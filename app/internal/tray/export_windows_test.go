package tray

import "golang.org/x/sys/windows"

// What tests on Windows see of the inside.
var (
	IconResource = iconResource
	Drawn        = drawn
	Shorten      = shorten
)

// The window's own messages.
const (
	MsgShell = msgShell
	WmTimer  = wmTimer
)

// Window is the hidden one of the symbol.
func (t *Tray) Window() windows.HWND { return t.window.handle }

// Lose takes the symbol from the taskbar as a crash of the taskbar would.
func (t *Tray) Lose() { t.window.notify(notifyDelete, 0, "") }
