package workfolder

import (
	"time"

	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// orderFolder is the state of an open order's folder.
type orderFolder struct {
	order   Order
	tree    *tree.Tree
	place   place.Place
	badRule error
	gone    time.Duration // when no folder with the order's ID was found; 0 if one was
	copies  []place.Place
	failed  error // why the folder could not be created
	stamped bool  // the ID file was written again
	unsure  bool  // the work folder is missing
}

func newOrderFolder(o Order) *orderFolder { return &orderFolder{order: o, tree: tree.New(o.ID)} }

// snapshot returns the current state as a snapshot.
func (o *orderFolder) snapshot() Snapshot {
	s := o.tree.Snapshot()
	s.Complete = s.Complete && o.gone == 0 && !o.unsure
	return s
}
