// Package tray shows an icon with a menu in the system tray: on Linux through
// StatusNotifierItem and com.canonical.dbusmenu, on Windows in the notification area.
package tray

// State is the state that the icon shows.
type State string

// The states.
const (
	Idle      State = "idle"
	Uploading State = "uploading"
	Problem   State = "problem"
)

// Look is the appearance of the icon: its state, text and menu.
type Look struct {
	State State
	Text  string // describes the state
	Items []Item
}

// Item is an item of the menu; the zero value is a separator.
type Item struct {
	Key   string // passed to pressed when the item is clicked
	Label string
}

// Open is the key of a click on the icon itself.
const Open = "open"
