package order

import (
	"slices"
	"strings"
	"time"
)

// MaxViewLinks is the most working view links of an order.
const MaxViewLinks = 20

// ViewLink is a link with which one person may view the work and comment, but not
// decide. The buyer makes and ends view links.
type ViewLink struct {
	// Number is never used again, so the token of an ended link opens nothing.
	Number int       `json:"number"`
	Name   string    `json:"name"` // of the person, chosen by the buyer
	Hash   string    `json:"hash"` // of the token
	MadeAt time.Time `json:"made_at"`
	// OpenedAt is the last visit, accurate to ViewInterval.
	OpenedAt time.Time `json:"opened_at,omitzero"`
	// Downloaded are the numbers of the deliveries that the viewer downloaded files of.
	Downloaded []int `json:"downloaded,omitempty"`
}

// ViewInterval is the shortest time between two recorded visits of a viewer.
const ViewInterval = 15 * time.Minute

// Share makes a view link for a person. hash returns the hash of the token of the
// link with a number. Share returns Invalid for an invalid name, and Conflict when
// the order has MaxViewLinks. Events that come with an error are those of
// [Order.Advance].
func (o *Order) Share(name string, hash func(number int) string, now time.Time, p Policy) ([]Event, error) {
	events := o.Advance(now, p)
	name = strings.TrimSpace(name)
	if err := checkLine("name", name); err != nil {
		return events, err
	}
	if len(o.ViewLinks) >= MaxViewLinks {
		return events, o.conflict(Buyer, "%d people can look already, which is the most; take a link away first", MaxViewLinks)
	}
	o.ViewLinksMade++
	link := ViewLink{Number: o.ViewLinksMade, Name: name, Hash: hash(o.ViewLinksMade), MadeAt: now}
	o.ViewLinks = append(slices.Clone(o.ViewLinks), link)
	return append(events, o.signed(Event{Type: WorkShared, Viewer: name}, Buyer, now)), nil
}

// EndSharing ends the view link with the number. It returns NotFound for a missing
// or an ended link.
func (o *Order) EndSharing(number int, now time.Time, p Policy) ([]Event, error) {
	events := o.Advance(now, p)
	link, ok := o.ViewLink(number)
	if !ok {
		return events, &Error{Code: NotFound, Message: "there is no such link"}
	}
	o.ViewLinks = slices.DeleteFunc(slices.Clone(o.ViewLinks), func(l ViewLink) bool { return l.Number == number })
	return append(events, o.signed(Event{Type: SharingEnded, Viewer: link.Name}, Buyer, now)), nil
}

// ViewLink returns the working view link with the number.
func (o *Order) ViewLink(number int) (ViewLink, bool) {
	return findViewLink(o.ViewLinks, func(l ViewLink) bool { return l.Number == number })
}

// ViewedBy returns the working view link whose token has the hash.
func (o *Order) ViewedBy(hash string) (ViewLink, bool) {
	return findViewLink(o.ViewLinks, func(l ViewLink) bool { return l.Hash == hash })
}

func findViewLink(links []ViewLink, is func(ViewLink) bool) (ViewLink, bool) {
	if i := slices.IndexFunc(links, is); i >= 0 {
		return links[i], true
	}
	return ViewLink{}, false
}

// isNew reports whether the viewer's view is new: a visit that is the first or
// ViewInterval after the last, or the first download from a delivery.
func (l ViewLink) isNew(v View, deliveries []Delivery) bool {
	if v.File == "" {
		return v.At.Sub(l.OpenedAt) >= ViewInterval
	}
	return v.record(deliveries) != nil && !slices.Contains(l.Downloaded, v.Delivery)
}

// add records a new view by the viewer.
func (l *ViewLink) add(v View) Event {
	if v.File == "" {
		l.OpenedAt = v.At
		return Event{Type: WorkViewed, Delivery: v.Delivery, Viewer: l.Name}
	}
	l.Downloaded = append(slices.Clone(l.Downloaded), v.Delivery)
	return Event{Type: FileDownloaded, Delivery: v.Delivery, File: v.File, Viewer: l.Name}
}
