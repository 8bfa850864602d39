package workfolder

import (
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// The content of an order's folder.
type (
	// State is the state of a file.
	State = tree.State
	// File is a file of an order, or a folder that is left out with all its content.
	File = tree.File
	// Snapshot is the content of an order's folder.
	Snapshot = tree.Snapshot
)

// The states of a file.
const (
	Settling = tree.Settling
	Present  = tree.Present
	LeftOut  = tree.LeftOut
	Linked   = tree.Linked
	Away     = tree.Away
)

// IDFile is the name of the file that assigns a folder to an order.
const IDFile = place.IDFile

// FolderName returns the name of an order's folder, see [place.FolderName].
func FolderName(title string, n int) string { return place.FolderName(title, n) }

// IsOwn reports whether a file is Handover's own and so belongs to no order.
func IsOwn(name string) bool { return place.IsOwn(name) }
