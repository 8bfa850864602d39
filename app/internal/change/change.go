// Package change reports that data has changed, and collects changes until a goroutine
// handles them.
package change

// Kind says what a [Change] is about.
type Kind string

// The kinds of changes.
const (
	State  Kind = "state"  // signed in or out, online or not
	Orders Kind = "orders" // the list of orders
	Order  Kind = "order"  // one order on the server
	Draft  Kind = "draft"  // one order's draft or its uploads
	Folder Kind = "folder" // the work folder, or the folder of one order
)

// Change reports that something changed. It does not say how.
type Change struct {
	Kind  Kind
	Order string // for Order and Draft; for Folder "" means the work folder itself
}
