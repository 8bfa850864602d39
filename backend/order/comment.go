package order

import (
	"math"
	"slices"
	"strings"
	"time"
)

// The bounds of comments.
const (
	MaxComments    = 500   // of one order
	MaxComment     = 2_000 // code points
	maxCommentID   = 64
	maxSeconds     = 7 * 24 * 60 * 60
	maxPage        = 100_000
	maxLine        = 10_000_000
	commentIDSigns = "-_" // allowed with letters and digits
)

// Comment is a remark by the buyer's side about a place in a delivery. It is a draft
// that the seller does not see, until a change request or at the latest the order's
// completion sends it. A sent comment never changes.
//
// The comments of an order are a list outside the order: first the sent comments in
// the order of sending, then the drafts in the order of writing. The number of a
// comment is its place in that list, from 1.
type Comment struct {
	// ID identifies the comment within its order. The author's client chooses it, so
	// a retry does not make a second comment.
	ID string `json:"id"`
	Anchor
	Text      string    `json:"text"`
	Author    Author    `json:"author"`
	WrittenAt time.Time `json:"written_at"`
	// SentAt is the time of the change request or the completion that sent it, zero
	// for a draft.
	SentAt time.Time `json:"sent_at,omitzero"`
}

// Author is the author of a comment. ID identifies a viewer by the number of their
// link; the buyer has no ID.
type Author struct {
	Party Party  `json:"party" doc:"buyer or viewer"`
	ID    string `json:"id,omitempty" doc:"of a viewer: the number of their link"`
	Name  string `json:"name"`
}

// is reports whether both are the same person, even under different names.
func (a Author) is(b Author) bool { return a.Party == b.Party && a.ID == b.ID }

// Anchor is the subject of a comment: a whole delivery, one of its files, or a place
// in that file. A place is a moment, a page or a line, or a point of an image, a
// page or a moment.
type Anchor struct {
	Delivery int      `json:"delivery" doc:"the number of the delivery"`
	File     string   `json:"file,omitempty" doc:"the ID of a file of the delivery; none for the delivery as a whole"`
	Point    *Point   `json:"point,omitempty" doc:"of an image, or of the page or the moment"`
	Seconds  *float64 `json:"seconds,omitempty" doc:"from the start of a video or audio"`
	Page     int      `json:"page,omitempty" doc:"from 1"`
	Line     int      `json:"line,omitempty" doc:"from 1"`
}

// Point is a place in a picture, from 0 to 1 from its left and upper edge.
type Point struct {
	X float64 `json:"x" doc:"from 0, the left edge, to 1"`
	Y float64 `json:"y" doc:"from 0, the upper edge, to 1"`
}

// Sent reports whether the comment was sent to the seller.
func (c Comment) Sent() bool { return !c.SentAt.IsZero() }

// For reports whether the party may see the comment.
func (c Comment) For(p Party) bool { return p != Seller || c.Sent() }

// DoneIn returns the number of the first delivery that resolves the comment, 0 for
// none.
func (o *Order) DoneIn(comment string) int {
	for _, d := range o.Deliveries {
		if slices.Contains(d.Done, comment) {
			return d.Number
		}
	}
	return 0
}

// check returns Invalid for an invalid comment.
func (c Comment) check(o *Order) error {
	if c.ID == "" || len(c.ID) > maxCommentID || strings.ContainsFunc(c.ID, notOfID) {
		return invalid("comment", "the ID of a comment is 1 to %d letters, digits, - and _", maxCommentID)
	}
	if err := checkText("text", c.Text, MaxComment); err != nil {
		return err
	}
	return c.Anchor.check(o)
}

func notOfID(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(commentIDSigns, r))
}

func (a Anchor) check(o *Order) error {
	d, ok := o.Delivery(a.Delivery)
	if !ok {
		return invalid("delivery", "the order has no delivery %d", a.Delivery)
	}
	if a.File != "" && !slices.ContainsFunc(d.Files, func(f File) bool { return f.ID == a.File }) {
		return invalid("file", "delivery %d has no such file", a.Delivery)
	}
	places := 0
	for _, is := range []bool{a.Seconds != nil, a.Page != 0, a.Line != 0} {
		if is {
			places++
		}
	}
	switch {
	case a.File == "" && (places > 0 || a.Point != nil):
		return invalid("file", "a place in a file needs the file")
	case places > 1:
		return invalid("seconds", "a comment has one place: a moment, a page or a line")
	case a.Line != 0 && a.Point != nil:
		return invalid("point", "a line has no point")
	}
	return a.checkBounds()
}

func (a Anchor) checkBounds() error {
	switch {
	case a.Point != nil && !within(a.Point.X, 1):
		return invalid("point.x", "a point is between 0 and 1")
	case a.Point != nil && !within(a.Point.Y, 1):
		return invalid("point.y", "a point is between 0 and 1")
	case a.Seconds != nil && !within(*a.Seconds, maxSeconds):
		return invalid("seconds", "a moment is between 0 and %d seconds", maxSeconds)
	case a.Page < 0 || a.Page > maxPage:
		return invalid("page", "a page is between 1 and %d", maxPage)
	case a.Line < 0 || a.Line > maxLine:
		return invalid("line", "a line is between 1 and %d", maxLine)
	}
	return nil
}

// within is false for NaN.
func within(v, most float64) bool { return !math.IsNaN(v) && v >= 0 && v <= most }
