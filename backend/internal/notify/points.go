package notify

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"handover/backend/order"
)

// The bounds of the list of points in a letter. The order shows the rest.
const (
	maxPoints    = 20
	maxPointText = 300
	maxFileShown = 60
)

// point is a comment in a letter: one line about its position, and its text.
type point struct {
	Number int
	anchor order.Anchor
	file   string
	Text   string
}

// addComments adds comments to the letter: for the seller those sent with the event,
// for the buyer the number of unsent ones before the review ends.
func (p *postOffice) addComments(ctx context.Context, n *news, e order.Event, o order.Order, to order.Party) error {
	sent, waiting := to == order.Seller && e.Points > 0, to == order.Buyer && e.Type == order.ReviewEndsSoon
	if !sent && !waiting {
		return nil
	}
	comments, err := p.records.Comments(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("load the comments of order %s: %w", o.ID, err)
	}
	if sent {
		n.points = points(comments, e, o)
		return nil
	}
	for _, c := range comments {
		if !c.Sent() {
			n.Unsent++
		}
	}
	return nil
}

func points(comments []order.Comment, e order.Event, o order.Order) []point {
	sent, first := order.Points(comments, e.At)
	list := make([]point, len(sent))
	for i, c := range sent {
		list[i] = point{Number: first + i, anchor: c.Anchor, file: fileName(o, c.Anchor), Text: shorten(lines(c.Text), maxPointText)}
	}
	return list
}

func fileName(o order.Order, a order.Anchor) string {
	d, _ := o.Delivery(a.Delivery)
	for _, f := range d.Files {
		if f.ID == a.File {
			return shorten(oneLine(path.Base(f.Path)), maxFileShown)
		}
	}
	return ""
}

// where describes the position of a point in the language; "" for a point about the
// whole delivery.
func (p point) where(page phrases) string {
	where := p.file
	switch {
	case p.anchor.Seconds != nil:
		where += ", " + clock(*p.anchor.Seconds)
	case p.anchor.Page > 0:
		where += fmt.Sprintf(", %s %d", page.page, p.anchor.Page)
	case p.anchor.Line > 0:
		where += fmt.Sprintf(", %s %d", page.line, p.anchor.Line)
	}
	return where
}

// clock formats a position in a recording as a player does: 0:14, 1:02:03.
func clock(seconds float64) string {
	d := time.Duration(seconds) * time.Second
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%d:%02d", m, s)
}

// pagePoint is a point in the HTML of a letter.
type pagePoint struct {
	Number      int
	Where, Text string
}

// pagePoints returns the points that a letter shows, and a line about the rest.
func pagePoints(points []point, words phrases) (shown []pagePoint, more string) {
	for _, p := range points[:min(len(points), maxPoints)] {
		shown = append(shown, pagePoint{p.Number, p.where(words), p.Text})
	}
	if left := len(points) - len(shown); left > 0 {
		more = fmt.Sprintf(words.morePoints, left)
	}
	return shown, more
}

// text returns the point as plain text.
func (p pagePoint) text() string {
	head := fmt.Sprintf("%d. ", p.Number)
	indent := "\n" + strings.Repeat(" ", len(head))
	if p.Where != "" {
		head += p.Where + indent
	}
	return head + strings.ReplaceAll(p.Text, "\n", indent)
}

// pointsText returns the list of points as plain text.
func (p page) pointsText() string {
	var b strings.Builder
	for _, point := range p.Points {
		b.WriteString(point.text() + "\n\n")
	}
	if p.MorePoints != "" {
		b.WriteString(p.MorePoints + "\n\n")
	}
	return b.String()
}
