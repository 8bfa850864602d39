package order

import (
	"fmt"
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
		return events, &Error{
			Code: Conflict, Status: o.Status, Allowed: o.Allowed(Buyer),
			Message: fmt.Sprintf("%d people can look already, which is the most; take a link away first", MaxViewLinks),
		}
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
	return o.viewLink(func(l ViewLink) bool { return l.Number == number })
}

// ViewedBy returns the working view link whose token has the hash.
func (o *Order) ViewedBy(hash string) (ViewLink, bool) {
	return o.viewLink(func(l ViewLink) bool { return l.Hash == hash })
}

func (o *Order) viewLink(is func(ViewLink) bool) (ViewLink, bool) {
	if i := slices.IndexFunc(o.ViewLinks, is); i >= 0 {
		return o.ViewLinks[i], true
	}
	return ViewLink{}, false
}

// newByViewer reports whether a viewer's view is new: a visit that is the first or
// ViewInterval after the last, or the first download from a delivery.
func (o *Order) newByViewer(v View) bool {
	link, ok := o.ViewLink(v.Viewer)
	switch {
	case !ok:
		return false
	case v.File == "":
		return v.At.Sub(link.OpenedAt) >= ViewInterval
	default:
		return o.viewedAt(v) != nil && !slices.Contains(link.Downloaded, v.Delivery)
	}
}

// recordByViewer records a new view by a viewer.
func (o *Order) recordByViewer(v View) Event {
	o.ViewLinks = slices.Clone(o.ViewLinks) // copies of the order share them
	link := &o.ViewLinks[slices.IndexFunc(o.ViewLinks, func(l ViewLink) bool { return l.Number == v.Viewer })]
	e := Event{Type: WorkViewed, Delivery: v.Delivery, Viewer: link.Name}
	if v.File == "" {
		link.OpenedAt = v.At
	} else {
		e.Type, e.File = FileDownloaded, v.File
		link.Downloaded = append(slices.Clone(link.Downloaded), v.Delivery)
	}
	return o.signed(e, Viewer, v.At)
}
