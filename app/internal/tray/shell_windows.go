package tray

import (
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

var (
	user32                 = windows.NewLazySystemDLL("user32.dll")
	appendMenu             = user32.NewProc("AppendMenuW")
	createIconFromResource = user32.NewProc("CreateIconFromResourceEx")
	createPopupMenu        = user32.NewProc("CreatePopupMenu")
	createWindow           = user32.NewProc("CreateWindowExW")
	defWindowProc          = user32.NewProc("DefWindowProcW")
	destroyIcon            = user32.NewProc("DestroyIcon")
	destroyMenu            = user32.NewProc("DestroyMenu")
	destroyWindow          = user32.NewProc("DestroyWindow")
	dispatchMessage        = user32.NewProc("DispatchMessageW")
	endMenu                = user32.NewProc("EndMenu")
	getMessage             = user32.NewProc("GetMessageW")
	getSystemMetrics       = user32.NewProc("GetSystemMetrics")
	killTimer              = user32.NewProc("KillTimer")
	postMessage            = user32.NewProc("PostMessageW")
	registerClass          = user32.NewProc("RegisterClassExW")
	registerWindowMessage  = user32.NewProc("RegisterWindowMessageW")
	setForegroundWindow    = user32.NewProc("SetForegroundWindow")
	setMenuDefaultItem     = user32.NewProc("SetMenuDefaultItem")
	setTimer               = user32.NewProc("SetTimer")
	trackPopupMenu         = user32.NewProc("TrackPopupMenuEx")
	translateMessage       = user32.NewProc("TranslateMessage")
	unregisterClass        = user32.NewProc("UnregisterClassW")
	shellNotifyIcon        = windows.NewLazySystemDLL("shell32.dll").NewProc("Shell_NotifyIconW")
)

// Messages with the numbers of winuser.h and shellapi.h, and two of the program.
const (
	wmNull        = 0x0000
	wmDestroy     = 0x0002
	wmClose       = 0x0010
	wmEndSession  = 0x0016
	wmContextMenu = 0x007b
	wmTimer       = 0x0113
	wmUser        = 0x0400
	ninSelect     = wmUser + 0
	ninKeySelect  = wmUser + 1
	wmApp         = 0x8000
	msgShell      = wmApp + 1 // from the taskbar: an event and its position
	msgLook       = wmApp + 2 // show the changed appearance
)

// Commands and flags of Shell_NotifyIconW.
const (
	notifyAdd        = 0
	notifyModify     = 1
	notifyDelete     = 2
	notifySetFocus   = 3
	notifySetVersion = 4

	nifMessage = 0x01
	nifIcon    = 0x02
	nifTip     = 0x04
	nifShowTip = 0x80
)

const (
	mfString         = 0x000
	mfSeparator      = 0x800
	tpmRightButton   = 0x002
	tpmRightAlign    = 0x008
	tpmNoNotify      = 0x080
	tpmReturnCommand = 0x100

	smMenuDropAlignment = 40
	smSmallIconWidth    = 49
	smSmallIconHeight   = 50
)

// notifyIcon is NOTIFYICONDATAW.
type notifyIcon struct {
	size        uint32
	window      windows.HWND
	id          uint32
	flags       uint32
	callback    uint32
	icon        uintptr
	tip         [128]uint16
	state, mask uint32
	info        [256]uint16
	version     uint32
	infoTitle   [64]uint16
	infoFlags   uint32
	guid        windows.GUID
	balloon     uintptr
}

// windowClass is WNDCLASSEXW.
type windowClass struct {
	size, style                        uint32
	procedure                          uintptr
	extra, windowExtra                 int32
	instance, icon, cursor, background windows.Handle
	menu, name                         *uint16
	smallIcon                          windows.Handle
}

// message is MSG.
type message struct {
	window     windows.HWND
	what       uint32
	wide, long uintptr
	time       uint32
	x, y       int32
}

// call calls a function whose errors can be ignored.
//
//go:uintptrescapes
func call(p *windows.LazyProc, args ...uintptr) uintptr {
	result, _, _ := p.Call(args...)
	return result
}

// text encodes a text for Windows.
func text(s string) *uint16 { return &append(utf16.Encode([]rune(s)), 0)[0] }

// shorten limits a text to a number of UTF-16 units without splitting a character.
func shorten(s string, limit int) []uint16 {
	units := utf16.Encode([]rune(s))
	if len(units) <= limit {
		return units
	}
	if last := units[limit-1]; 0xd800 <= last && last < 0xdc00 { // first half of a character
		limit--
	}
	return units[:limit]
}
