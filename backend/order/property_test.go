package order_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handover/backend/order"
)

// life is an order with all that has happened to it.
type life struct {
	order.Order
	comments []order.Comment
	log      []order.Event
	now      time.Time
	latest   time.Time // the clock of a server can be set back
}

// Whatever the parties try, look at or wait for, and however the clock is set,
// the rules hold.
func TestRandomLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := policy
		p.ReviewFrom = rapid.SampledFrom([]order.ReviewFrom{order.FromDelivery, order.FromDueDate}).Draw(t, "from")
		p.ReviewPeriod = rapid.SampledFrom([]time.Duration{time.Hour, 24 * time.Hour, 30 * time.Hour, 72 * time.Hour}).Draw(t, "period")
		due := time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(t, "due"))
		o, placed, err := order.Place(order.Order{
			ID: "o", Title: "x", Buyer: order.Contact{Name: "b", Email: "b@example.org"}, DueAt: t0.Add(due),
		}, t0)
		if err != nil {
			t.Fatal(err)
		}
		l := &life{Order: o, log: []order.Event{placed}, now: t0, latest: t0}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			l.step(t, p)
		}
	})
}

func (l *life) step(t *rapid.T, p order.Policy) {
	wait := rapid.Int64Range(0, int64(60*time.Hour)).Draw(t, "wait")
	if rapid.IntRange(0, 9).Draw(t, "set back") == 0 {
		wait = -wait
	}
	l.now = l.now.Add(time.Duration(wait))
	if l.now.After(l.latest) {
		l.latest = l.now
	}
	before := l.Order
	var events []order.Event
	var err error
	switch rapid.IntRange(0, 8).Draw(t, "what") {
	case 6, 7:
		events = l.Advance(l.now, p)
		l.comment(t)
	case 0:
		events = l.Advance(l.now, p)
	case 1:
		events = l.RecordView(order.View{
			Order: "o", At: l.now, Delivery: rapid.IntRange(0, 3).Draw(t, "delivery"),
			File:   rapid.SampledFrom([]string{"", "u1", "u2", order.Archive}).Draw(t, "file"),
			Viewer: rapid.IntRange(0, 2).Draw(t, "viewer"),
		}, p)
		if order.Quiet(events) && before.Status != l.Status {
			t.Fatalf("%s became %s, quietly", before.Status, l.Status)
		}
	case 2:
		events = l.share(t, p)
	default:
		c := command(
			rapid.SampledFrom(order.Actions()).Draw(t, "action"),
			rapid.SampledFrom([]order.Party{order.Seller, order.Buyer, order.Viewer, order.Clock}).Draw(t, "by"),
		)
		title := rapid.SampledFrom([]string{"x", "y", ""}).Draw(t, "title")
		due := t0.Add(time.Duration(rapid.Int64Range(0, int64(400*time.Hour)).Draw(t, "new due")))
		c.Edit = order.Edit{Title: &title, DueAt: rapid.SampledFrom([]*time.Time{nil, &due}).Draw(t, "edit")}
		c.Days = rapid.IntRange(-1, 8).Draw(t, "days")
		some := rapid.SliceOfNDistinct(commentIDs, 0, 3, rapid.ID[string])
		c.Points, c.Work.Done, c.Comments = some.Draw(t, "points"), some.Draw(t, "done"), slices.Clone(l.comments)
		events, err = l.Apply(c, l.now, p)
		if err != nil && !cmp.Equal(c.Comments, l.comments) {
			t.Fatalf("a refused %s changed comments:\n%s", c.Action, cmp.Diff(l.comments, c.Comments))
		}
		l.checkComments(t, c.Comments)
	}
	skipped := before
	skipped.DueReminded, skipped.ReviewReminded = l.DueReminded, l.ReviewReminded
	if len(events) == 0 && !cmp.Equal(skipped, l.Order) {
		t.Fatalf("changed without an event, refused with %v:\n%s", err, cmp.Diff(before, l.Order))
	}
	l.sendRest(t, events)
	l.log = append(l.log, events...)
	l.checkOrder(t, before)
	l.checkEvents(t, events)
	l.checkLog(t)
}

// share makes a link to look, ends one, or gives the buyer another link.
func (l *life) share(t *rapid.T, p order.Policy) (events []order.Event) {
	hash := func(n int) string { return fmt.Sprint("hash ", n) }
	switch rapid.IntRange(0, 3).Draw(t, "sharing") {
	case 0:
		events, _ = l.EndSharing(rapid.IntRange(1, 3).Draw(t, "number"), l.now, p)
	case 1:
		events = l.RenewReviewLink(hash, l.now, p)
		if len(l.ViewLinks) > 0 {
			t.Fatalf("the buyer's link was renewed; %v still works", l.ViewLinks)
		}
	default:
		made := l.ViewLinksMade
		events, _ = l.Share(rapid.SampledFrom([]string{"Ada", " "}).Draw(t, "name"), hash, l.now, p)
		if link, ok := l.ViewLink(l.ViewLinksMade); l.ViewLinksMade > made && (!ok || link.Hash != hash(made+1)) {
			t.Fatalf("a new link is %+v, %t", link, ok)
		}
	}
	return events
}

func (l *life) checkOrder(t *rapid.T, before order.Order) {
	if faults := append(l.Faults(), l.CommentFaults(l.comments)...); len(faults) > 0 {
		t.Fatal(faults)
	}
	if final(before) && !cmp.Equal(settled(before), settled(l.Order)) {
		t.Fatalf("a final order changed:\n%s", cmp.Diff(before, l.Order))
	}
	if l.CompletedAt.After(l.latest) || l.ClearedAt.After(l.latest) {
		t.Fatalf("status %s, completed at %s, cleared at %s", l.Status, l.CompletedAt, l.ClearedAt)
	}
	switch due := l.NextDeadline(); {
	case l.Status == order.Cancelled && !due.IsZero():
		t.Fatalf("a cancelled order waits for %s", due)
	case l.Status == order.Completed && l.ClearedAt.IsZero() && !due.Equal(l.ClearsAt):
		t.Fatalf("a completed order waits for %s and clears at %s", due, l.ClearsAt)
	case l.Status == order.Completed && !l.ClearedAt.IsZero() && !due.IsZero():
		t.Fatalf("a cleared order waits for %s", due)
	case l.Status == order.Delivered && due.IsZero():
		t.Fatal("nothing ends the review")
	case !due.IsZero() && !due.After(l.now):
		t.Fatalf("the deadline %s passed unnoticed at %s", due, l.now)
	}
	if grown := len(l.Deliveries) - len(before.Deliveries); grown != 0 && grown != 1 {
		t.Fatalf("%d deliveries became %d", len(before.Deliveries), len(l.Deliveries))
	}
}

// checkEvents checks what one step has brought.
func (l *life) checkEvents(t *rapid.T, events []order.Event) {
	over := false // the review or the whole order, in this step
	for i, e := range events {
		if e.Order != l.ID || e.At.After(l.now) || (i > 0 && e.At.Before(events[i-1].At)) {
			t.Fatalf("event %d of %+v at %s", i, events, l.now)
		}
		switch e.Type {
		case order.DueSoon:
			if !e.At.Equal(e.DueAt.Add(-order.RemindBefore)) || !l.now.Before(e.DueAt) ||
				(e.Status != order.Active && e.Status != order.InRevision) {
				t.Fatalf("at %s: %+v", l.now, e)
			}
		case order.ReviewEndsSoon:
			if over || e.Status != order.Delivered || !e.At.Equal(e.ReviewEndsAt.Add(-order.RemindBefore)) || !l.now.Before(e.ReviewEndsAt) {
				t.Fatalf("at %s: %+v", l.now, e)
			}
		case order.OrderCompleted, order.OrderCancelled:
			over = true
		}
	}
}

// checkLog checks what may happen once only.
func (l *life) checkLog(t *rapid.T) {
	type once struct {
		Type     order.EventType
		Of       time.Time
		Delivery int
		File     string
	}
	seen, completed, cleared := map[once]bool{}, false, false
	for _, e := range l.log {
		k := once{Type: e.Type}
		switch e.Type {
		case order.DueSoon:
			k.Of = e.DueAt
		case order.OrderChanged: // a due date that was agreed on anew may be told anew
			delete(seen, once{Type: order.DueSoon, Of: e.DueAt})
			continue
		case order.ReviewEndsSoon:
			k.Of, k.Delivery = e.ReviewEndsAt, e.Delivery
		case order.DeliveryOpened, order.FileDownloaded:
			if e.By == order.Viewer { // there may be several of one name
				continue
			}
			k.Delivery, k.File = e.Delivery, e.File
		case order.OrderCompleted:
			completed = true
		case order.PaymentCleared:
			if cleared = true; !completed || !e.At.Equal(l.ClearsAt) {
				t.Fatalf("cleared by %+v, completed %t", e, completed)
			}
		case order.OrderPlaced, order.OrderCancelled:
		default:
			continue
		}
		if seen[k] {
			t.Fatalf("twice: %+v", e)
		}
		seen[k] = true
	}
	if completed != (l.Status == order.Completed) || cleared != !l.ClearedAt.IsZero() {
		t.Fatalf("%+v after completed %t, cleared %t", l.Order, completed, cleared)
	}
}

func final(o order.Order) bool {
	return o.Status == order.Completed || o.Status == order.Cancelled
}

// settled is a final order without what may still be noted on it: that its
// payment has cleared, and what the buyer looks at.
func settled(o order.Order) order.Order {
	o.ClearedAt = time.Time{}
	deliveries := make([]order.Delivery, len(o.Deliveries))
	for i, d := range o.Deliveries {
		d.OpenedAt, d.ArchiveDownloadedAt = time.Time{}, time.Time{}
		files := make([]order.File, len(d.Files))
		for j, f := range d.Files {
			f.DownloadedAt = time.Time{}
			files[j] = f
		}
		d.Files = files
		deliveries[i] = d
	}
	o.Deliveries = deliveries
	o.ReviewGeneration, o.ReviewHash, o.ViewLinks, o.ViewLinksMade = 0, "", nil, 0
	return o
}

var commentIDs = rapid.SampledFrom([]string{"a", "b", "c", "d"})

// comment writes, changes or deletes one.
func (l *life) comment(t *rapid.T) {
	by := order.Author{
		Party: rapid.SampledFrom([]order.Party{order.Seller, order.Buyer}).Draw(t, "author"), ID: rapid.SampledFrom([]string{"", "v"}).Draw(t, "of"),
	}
	id := commentIDs.Draw(t, "comment")
	var after []order.Comment
	var err error
	if rapid.Bool().Draw(t, "delete") {
		after, err = l.DeleteComment(l.comments, id, by)
	} else {
		after, err = l.PutComment(l.comments, order.Comment{
			ID: id, Text: rapid.SampledFrom([]string{"x", "y", " "}).Draw(t, "text"), Author: by,
			Anchor: order.Anchor{Delivery: rapid.IntRange(0, 3).Draw(t, "delivery"), File: rapid.SampledFrom([]string{"", "u1", "u2"}).Draw(t, "file")},
		}, l.now)
	}
	if err == nil && (l.Status != order.Delivered || by.Party != order.Buyer) {
		t.Fatalf("%+v commented while the order was %s", by, l.Status)
	}
	if err == nil {
		l.checkComments(t, after)
	}
}

// sendRest does what a store does with the events of a step: an order that has
// just completed has no draft left, and what it took along is the event's.
func (l *life) sendRest(t *rapid.T, events []order.Event) {
	after := slices.Clone(l.comments)
	n := order.SendRest(after, events)
	l.checkComments(t, after)
	drafts := slices.ContainsFunc(after, func(c order.Comment) bool { return !c.Sent() })
	if !order.Completes(events) {
		if n > 0 {
			t.Fatalf("%d comments were sent with %+v", n, events)
		}
		return
	}
	if sent, _ := order.Points(after, l.CompletedAt); drafts || len(sent) < n {
		t.Fatalf("completed at %s with %d comments, which are now %+v", l.CompletedAt, n, after)
	}
}

// checkComments checks that what was sent never changes, and takes the comments.
func (l *life) checkComments(t *rapid.T, after []order.Comment) {
	for i, c := range l.comments {
		if c.Sent() && (i >= len(after) || !cmp.Equal(c, after[i])) {
			t.Fatalf("comment %d, which was sent, changed:\n%s", i+1, cmp.Diff(l.comments, after))
		}
	}
	l.comments = after
}
