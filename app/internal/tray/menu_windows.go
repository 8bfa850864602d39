package tray

import (
	"strings"
	"unsafe"
)

// choose shows the menu at a place of the screen and does what is chosen in it.
func (w *window) choose(x, y int16) {
	items := w.look().Items
	menu := newMenu(items)
	if menu == 0 {
		return
	}
	defer call(destroyMenu, menu)
	// Without the foreground, a click elsewhere would leave the menu open.
	call(setForegroundWindow, uintptr(w.handle))
	flags := uintptr(tpmReturnCommand | tpmNoNotify | tpmRightButton)
	if call(getSystemMetrics, smMenuDropAlignment) != 0 {
		flags |= tpmRightAlign
	}
	chosen := int(call(trackPopupMenu, menu, flags, uintptr(x), uintptr(y), uintptr(w.handle), 0))
	if w.gone {
		return
	}
	call(postMessage, uintptr(w.handle), wmNull, 0, 0) // and the next one would close at once
	if chosen == 0 {
		w.notify(notifySetFocus, 0, "")
		return
	}
	w.press(items[chosen-1].Key)
}

// newMenu makes a menu whose lines have the numbers 1 and up; 0 for none.
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
		if item.Key == Open { // what a click on the symbol does is bold
			call(setMenuDefaultItem, menu, number, 0)
		}
	}
	return menu
}
