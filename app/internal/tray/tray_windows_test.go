package tray_test

import (
	"sync"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"
	"golang.org/x/sys/windows"

	"handover/app/internal/tray"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	user32                = windows.NewLazySystemDLL("user32.dll")
	findWindow            = user32.NewProc("FindWindowW")
	postMessage           = user32.NewProc("PostMessageW")
	registerWindowMessage = user32.NewProc("RegisterWindowMessageW")
	sendMessage           = user32.NewProc("SendMessageW")
)

const (
	wmQueryEndSession = 0x0011
	wmEndSession      = 0x0016
	wmContextMenu     = 0x007b
	wmKeyDown         = 0x0100
	ninSelect         = 0x0400
	ninKeySelect      = 0x0401

	guiInMenuMode = 0x0004 // of GUITHREADINFO

	vkReturn = 0x0d
	vkEscape = 0x1b
	vkUp     = 0x26
	vkDown   = 0x28
)

var items = []tray.Item{{Key: tray.Open, Label: "Open Handover"}, {}, {Key: "pause", Label: "Pause & wait"}, {Key: "quit", Label: "Quit"}}

// symbol is one that is shown, with what is pressed on it.
type symbol struct {
	*tray.Tray
	pressed chan string
}

func show(t *testing.T) symbol {
	t.Helper()
	if bar, _, _ := findWindow.Call(uintptr(unsafe.Pointer(windows.StringToUTF16Ptr("Shell_TrayWnd"))), 0); bar == 0 {
		t.Skip("there is no taskbar here")
	}
	s := symbol{pressed: make(chan string, 10)}
	var err error
	s.Tray, err = tray.Show(tray.Look{State: tray.Idle, Text: "Nothing to upload", Items: items}, func(key string) { s.pressed <- key })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// send waits until the window has taken the message, and returns its answer.
func (s symbol) send(what uint32, wide, long uintptr) uintptr {
	answer, _, _ := sendMessage.Call(uintptr(s.Window()), uintptr(what), wide, long)
	return answer
}

func (s symbol) post(t *testing.T, what uint32, wide, long uintptr) {
	t.Helper()
	if ok, _, err := postMessage.Call(uintptr(s.Window()), uintptr(what), wide, long); ok == 0 {
		t.Fatal(err)
	}
}

// menu opens the menu as the taskbar does, and presses keys in it.
func (s symbol) menu(t *testing.T, keys ...uintptr) {
	t.Helper()
	s.post(t, tray.MsgShell, 40|30<<16, wmContextMenu)
	for _, key := range keys { // the open menu takes them
		s.post(t, wmKeyDown, key, 0)
	}
}

// waitForMenu returns once the menu is open.
func (s symbol) waitForMenu(t *testing.T) {
	t.Helper()
	thread, err := windows.GetWindowThreadProcessId(s.Window(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		info := windows.GUIThreadInfo{Size: uint32(unsafe.Sizeof(windows.GUIThreadInfo{}))}
		if err := windows.GetGUIThreadInfo(thread, &info); err == nil && info.Flags&guiInMenuMode != 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the menu did not open")
		}
	}
}

func (s symbol) expect(t *testing.T, key string) {
	t.Helper()
	if got := <-s.pressed; got != key {
		t.Errorf("pressed %q instead of %q", got, key)
	}
}

func TestClicks(t *testing.T) {
	s := show(t)
	if !s.Hosted() {
		t.Fatal("the taskbar does not have it")
	}
	for _, how := range []uintptr{ninSelect, ninKeySelect} {
		s.send(tray.MsgShell, 0, how)
		s.expect(t, tray.Open)
	}
	s.menu(t, vkDown, vkReturn)
	s.expect(t, tray.Open)
	s.menu(t, vkDown, vkDown, vkReturn) // what parts lines is no line
	s.expect(t, "pause")
	s.menu(t, vkEscape)
	s.menu(t, vkUp, vkReturn)
	s.expect(t, "quit")

	changed := []tray.Item{items[0], {Key: "resume", Label: "Resume"}}
	if err := s.Set(tray.Look{State: tray.Problem, Text: "A file has a problem", Items: changed}); err != nil {
		t.Fatal(err)
	}
	s.menu(t, vkUp, vkReturn)
	s.expect(t, "resume")
	if !s.Hosted() {
		t.Error("the taskbar lost it")
	}
}

// The menu that is open belongs to what was shown when it was opened.
func TestSetWhileTheMenuIsOpen(t *testing.T) {
	s := show(t)
	s.menu(t)
	s.waitForMenu(t)
	if err := s.Set(tray.Look{State: tray.Uploading, Text: "Uploading"}); err != nil {
		t.Fatal(err)
	}
	s.post(t, wmKeyDown, vkUp, 0)
	s.post(t, wmKeyDown, vkReturn, 0)
	s.expect(t, "quit")
}

func TestTaskbarStartsAgain(t *testing.T) {
	created, _, _ := registerWindowMessage.Call(uintptr(unsafe.Pointer(windows.StringToUTF16Ptr("TaskbarCreated"))))
	for name, message := range map[string]uint32{"told": uint32(created), "noticed by the timer": tray.WmTimer} {
		t.Run(name, func(t *testing.T) {
			s := show(t)
			s.Lose()
			if s.Hosted() {
				t.Error("shown without a taskbar")
			}
			s.send(message, 1, 0)
			if !s.Hosted() {
				t.Error("the new taskbar does not have it")
			}
			s.send(tray.MsgShell, 0, ninSelect)
			s.expect(t, tray.Open)
		})
	}
}

func TestClose(t *testing.T) {
	for name, before := range map[string]func(s symbol){
		"at rest":        func(symbol) {},
		"with its menu":  func(s symbol) { s.menu(t); s.waitForMenu(t) },
		"after the user": func(s symbol) { s.send(wmEndSession, 1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			s := show(t)
			id, err := windows.GetWindowThreadProcessId(s.Window(), nil)
			if err != nil {
				t.Fatal(err)
			}
			thread, err := windows.OpenThread(windows.SYNCHRONIZE, false, id)
			if err != nil {
				t.Fatal(err)
			}
			defer windows.CloseHandle(thread)
			before(s)
			var work sync.WaitGroup
			for range 4 { // either comes in time or is told
				work.Go(func() { _ = s.Set(tray.Look{State: tray.Uploading, Text: "Uploading"}) })
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			work.Wait()
			if windows.IsWindow(s.Window()) || s.Hosted() {
				t.Error("it is still there")
			}
			if s.Set(tray.Look{}) == nil {
				t.Error("changed after it was closed")
			}
			if err := s.Close(); err != nil {
				t.Errorf("closed twice: %v", err)
			}
			if event, err := windows.WaitForSingleObject(thread, uint32(time.Minute/time.Millisecond)); event != windows.WAIT_OBJECT_0 {
				t.Errorf("its thread lives on: %#x, %v", event, err)
			}
		})
	}
}

// Nothing holds up who signs out.
func TestEndOfSession(t *testing.T) {
	s := show(t)
	if s.send(wmQueryEndSession, 0, 0) == 0 {
		t.Error("the symbol keeps Windows from ending the session")
	}
	s.send(wmEndSession, 0, 0) // another program did
	if !s.Hosted() {
		t.Error("gone, though the session goes on")
	}
	s.send(wmEndSession, 1, 0)
	if s.Hosted() {
		t.Error("it stays behind")
	}
}
