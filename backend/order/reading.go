package order

import (
	"slices"
	"time"
)

// Reading is something that a buyer or a viewer looked at: a delivery, or what
// they fetched of it.
type Reading struct {
	Order    string
	Delivery int
	// File is the ID of the file, [Archive], or "" for the delivery itself.
	File string
	At   time.Time
	// Viewer is the number of the viewer's [ViewLink], 0 for the buyer.
	Viewer int
}

// New reports whether the reading is one that [Order.Note] would record: of the
// buyer the first of something that the order has, of a viewer see [ViewLink].
func (r Reading) New(o Order) bool {
	if r.Viewer != 0 {
		return o.newLook(r)
	}
	at := o.readAt(r)
	return at != nil && at.IsZero()
}

// Note records the reading, once, and returns what happened, oldest first: time
// acts before it, as in [Order.Apply]. Whoever reads needs no permission beyond
// being the buyer or a viewer, and nothing that a party may do depends on it.
func (o *Order) Note(r Reading, p Policy) []Event {
	events := o.Elapse(r.At, p)
	if !r.New(*o) {
		return events
	}
	if r.Viewer != 0 {
		return append(events, o.look(r))
	}
	// Copied, because the order may have been copied, and copies share these.
	o.Deliveries = slices.Clone(o.Deliveries)
	d := &o.Deliveries[r.Delivery-1]
	d.Files = slices.Clone(d.Files)
	*o.readAt(r) = r.At
	e := Event{Type: FileDownloaded, Delivery: r.Delivery, File: r.File}
	if r.File == "" {
		e.Type = DeliveryOpened
	}
	return append(events, o.signed(e, Buyer, r.At))
}

// readAt returns where the time of the reading is kept, nil when the order has
// nothing such.
func (o *Order) readAt(r Reading) *time.Time {
	if _, ok := o.Delivery(r.Delivery); !ok {
		return nil
	}
	d := &o.Deliveries[r.Delivery-1]
	switch r.File {
	case "":
		return &d.OpenedAt
	case Archive:
		return &d.ArchiveDownloadedAt
	}
	i := slices.IndexFunc(d.Files, func(f File) bool { return f.ID == r.File })
	if i < 0 {
		return nil
	}
	return &d.Files[i].DownloadedAt
}
