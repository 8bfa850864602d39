package workfolder

import (
	"time"

	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// orderFolder is what is known of an open order's folder.
type orderFolder struct {
	order   Order
	tree    *tree.Tree
	place   place.Place
	badRule error
	gone    time.Duration // since when no folder claims the order; 0 for never
	copies  []place.Place
	failed  error // its folder could not be made
	stamped bool  // its folder was marked anew
	unsure  bool  // the work folder is not there
}

func newOrderFolder(o Order) *orderFolder { return &orderFolder{order: o, tree: tree.New(o.ID)} }

// snapshot is what is known, for others.
func (o *orderFolder) snapshot() Snapshot {
	s := o.tree.Snapshot()
	s.Complete = s.Complete && o.gone == 0 && !o.unsure
	return s
}
