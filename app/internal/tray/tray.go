// Package tray puts a symbol with a menu beside the clock: as the desktops of
// Linux show it (StatusNotifierItem and com.canonical.dbusmenu), and in the
// notification area of Windows.
package tray

// State is what the symbol says at a glance.
type State string

// The states.
const (
	Idle      State = "idle"
	Uploading State = "uploading"
	Problem   State = "problem"
)

// Look is the symbol with its words and its menu.
type Look struct {
	State State
	Text  string // what the state means
	Items []Item
}

// Item is a line of the menu; the zero value parts groups.
type Item struct {
	Key   string // told when it is pressed
	Label string
}

// Open is the key of a click on the symbol itself.
const Open = "open"
