package order

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxViewLinks is how many links to look can work at once.
const MaxViewLinks = 20

// ViewLink lets one person look at the work without deciding anything. The
// buyer makes it and takes it away again.
type ViewLink struct {
	// Number is the link's alone, for ever: what it opened stays shut once it
	// has ended.
	Number int       `json:"number"`
	Name   string    `json:"name"` // of the person, as the buyer calls them
	Hash   string    `json:"hash"` // of the token
	MadeAt time.Time `json:"made_at"`
	// OpenedAt is when the order was last looked at with it, exact to
	// LookedAgainAfter.
	OpenedAt time.Time `json:"opened_at,omitzero"`
	// Downloaded are the numbers of the deliveries of which something was
	// fetched with it.
	Downloaded []int `json:"downloaded,omitempty"`
}

// LookedAgainAfter is how long after a look the next one counts as another.
const LookedAgainAfter = 15 * time.Minute

// ShareToLook gives the person with the name a link with which to look. hash
// returns the hash of the token of the link with a number. It returns Invalid
// for a name that is none, and Conflict when there are MaxViewLinks already.
// Events that come with an error are what time did.
func (o *Order) ShareToLook(name string, hash func(number int) string, now time.Time, p Policy) ([]Event, error) {
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

// EndSharing takes the link with the number away. It returns NotFound when
// there is none, or not any more.
func (o *Order) EndSharing(number int, now time.Time, p Policy) ([]Event, error) {
	events := o.Advance(now, p)
	link, ok := o.ViewLink(number)
	if !ok {
		return events, &Error{Code: NotFound, Message: "there is no such link"}
	}
	o.ViewLinks = slices.DeleteFunc(slices.Clone(o.ViewLinks), func(l ViewLink) bool { return l.Number == number })
	return append(events, o.signed(Event{Type: SharingEnded, Viewer: link.Name}, Buyer, now)), nil
}

// ViewLink returns the link to look with the number, if it works.
func (o *Order) ViewLink(number int) (ViewLink, bool) {
	return o.viewLink(func(l ViewLink) bool { return l.Number == number })
}

// ViewedBy returns the link to look that the token with the hash belongs to.
func (o *Order) ViewedBy(hash string) (ViewLink, bool) {
	return o.viewLink(func(l ViewLink) bool { return l.Hash == hash })
}

func (o *Order) viewLink(is func(ViewLink) bool) (ViewLink, bool) {
	if i := slices.IndexFunc(o.ViewLinks, is); i >= 0 {
		return o.ViewLinks[i], true
	}
	return ViewLink{}, false
}

// newLook reports whether a viewer's reading is one to record: a look that is
// the first or comes long enough after the last, or the first that they fetch
// of a delivery.
func (o *Order) newLook(r View) bool {
	link, ok := o.ViewLink(r.Viewer)
	switch {
	case !ok:
		return false
	case r.File == "":
		return r.At.Sub(link.OpenedAt) >= LookedAgainAfter
	default:
		return o.readAt(r) != nil && !slices.Contains(link.Downloaded, r.Delivery)
	}
}

// look records a viewer's reading that is new.
func (o *Order) look(r View) Event {
	o.ViewLinks = slices.Clone(o.ViewLinks) // copies of the order share them
	link := &o.ViewLinks[slices.IndexFunc(o.ViewLinks, func(l ViewLink) bool { return l.Number == r.Viewer })]
	e := Event{Type: WorkViewed, Delivery: r.Delivery, Viewer: link.Name}
	if r.File == "" {
		link.OpenedAt = r.At
	} else {
		e.Type, e.File = FileDownloaded, r.File
		link.Downloaded = append(slices.Clone(link.Downloaded), r.Delivery)
	}
	return o.signed(e, Viewer, r.At)
}
