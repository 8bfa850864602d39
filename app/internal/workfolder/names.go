package workfolder

import (
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// What the folders of orders hold, see package tree.
type (
	State    = tree.State
	File     = tree.File
	Snapshot = tree.Snapshot
)

// A file in a snapshot is in exactly one of these states.
const (
	Settling = tree.Settling
	Present  = tree.Present
	LeftOut  = tree.LeftOut
	Linked   = tree.Linked
	Away     = tree.Away
)

// IDFile is the name of the file that says which order a folder belongs to.
const IDFile = place.IDFile

// FolderName returns the name of an order's folder, see [place.FolderName].
func FolderName(title string, n int) string { return place.FolderName(title, n) }

// IsOwn names the files by which Handover knows a folder; they are part of no
// order and not reported.
func IsOwn(name string) bool { return place.IsOwn(name) }
