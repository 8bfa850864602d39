package order

import (
	"slices"
	"time"
)

// View is one visit of a buyer or a viewer to a delivery, or one download.
type View struct {
	Order    string
	Delivery int
	// File is the ID of the file, [Archive], or "" for the delivery itself.
	File string
	At   time.Time
	// Viewer is the number of the viewer's [ViewLink], 0 for the buyer.
	Viewer int
}

// New reports whether [Order.RecordView] would record the view. It records the
// buyer's first view of each item; for a viewer see [ViewLink].
func (v View) New(o Order) bool {
	if v.Viewer != 0 {
		return o.newByViewer(v)
	}
	at := o.viewedAt(v)
	return at != nil && at.IsZero()
}

// RecordView records the view once, and returns the events, oldest first. It
// advances the order first, like [Order.Apply]. Any buyer or viewer may view, and
// no permission depends on it.
func (o *Order) RecordView(v View, p Policy) []Event {
	events := o.Advance(v.At, p)
	if !v.New(*o) {
		return events
	}
	if v.Viewer != 0 {
		return append(events, o.recordByViewer(v))
	}
	// Copied, because the order may have been copied, and copies share these.
	o.Deliveries = slices.Clone(o.Deliveries)
	d := &o.Deliveries[v.Delivery-1]
	d.Files = slices.Clone(d.Files)
	*o.viewedAt(v) = v.At
	e := Event{Type: FileDownloaded, Delivery: v.Delivery, File: v.File}
	if v.File == "" {
		e.Type = DeliveryOpened
	}
	return append(events, o.signed(e, Buyer, v.At))
}

// viewedAt returns a pointer to the recorded time of the view, nil if the order does
// not have the item.
func (o *Order) viewedAt(v View) *time.Time {
	if _, ok := o.Delivery(v.Delivery); !ok {
		return nil
	}
	d := &o.Deliveries[v.Delivery-1]
	switch v.File {
	case "":
		return &d.OpenedAt
	case Archive:
		return &d.ArchiveDownloadedAt
	}
	i := slices.IndexFunc(d.Files, func(f File) bool { return f.ID == v.File })
	if i < 0 {
		return nil
	}
	return &d.Files[i].DownloadedAt
}
