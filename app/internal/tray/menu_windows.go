package tray

import (
	"strings"
	"unsafe"
)

// choose shows the menu at a position on the screen and runs the chosen item.
func (w *window) choose(x, y int16) {
	items := w.look().Items
	menu := newMenu(items)
	if menu == 0 {
		return
	}
	defer call(destroyMenu, menu)
	// The window must be in the foreground, so that a click elsewhere closes the menu.
	call(setForegroundWindow, uintptr(w.handle))
	flags := uintptr(tpmReturnCommand | tpmNoNotify | tpmRightButton)
	if call(getSystemMetrics, smMenuDropAlignment) != 0 {
		flags |= tpmRightAlign
	}
	chosen := int(call(trackPopupMenu, menu, flags, uintptr(x), uintptr(y), uintptr(w.handle), 0))
	if w.gone {
		return
	}
	call(postMessage, uintptr(w.handle), wmNull, 0, 0) // otherwise the next menu would close at once
	if chosen == 0 {
		w.notify(notifySetFocus, 0, "")
		return
	}
	w.press(items[chosen-1].Key)
}

// newMenu creates a menu whose items are numbered from 1; 0 if that fails.
func newMenu(items []Item) uintptr {
	menu := call(createPopupMenu)
	if menu == 0 {
		return 0
	}
	for i, item := range items {
		number := uintptr(i) + 1
		if item == (Item{}) {
			call(appendMenu, menu, mfSeparator, number, 0)
			continue
		}
		call(appendMenu, menu, mfString, number, uintptr(unsafe.Pointer(text(strings.ReplaceAll(item.Label, "&", "&&")))))
		if item.Key == Open { // bold: the default action
			call(setMenuDefaultItem, menu, number, 0)
		}
	}
	return menu
}
