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
		link, ok := o.ViewLink(v.Viewer)
		return ok && link.isNew(v, o.Deliveries)
	}
	at := v.record(o.Deliveries)
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
	// Copied, because the order may have been copied, and copies share these.
	if v.Viewer != 0 {
		o.ViewLinks = slices.Clone(o.ViewLinks)
		i := slices.IndexFunc(o.ViewLinks, func(l ViewLink) bool { return l.Number == v.Viewer })
		return append(events, o.signed(o.ViewLinks[i].add(v), Viewer, v.At))
	}
	o.Deliveries = slices.Clone(o.Deliveries)
	d := &o.Deliveries[v.Delivery-1]
	d.Files = slices.Clone(d.Files)
	*v.record(o.Deliveries) = v.At
	e := Event{Type: FileDownloaded, Delivery: v.Delivery, File: v.File}
	if v.File == "" {
		e.Type = DeliveryOpened
	}
	return append(events, o.signed(e, Buyer, v.At))
}

// record returns the time in the deliveries that records the view by the buyer, nil
// if the deliveries do not have the item.
func (v View) record(deliveries []Delivery) *time.Time {
	if v.Delivery < 1 || v.Delivery > len(deliveries) {
		return nil
	}
	d := &deliveries[v.Delivery-1]
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
