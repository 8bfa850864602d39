package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func note(id string) order.Comment {
	return order.Comment{
		ID: id, Text: "Text of " + id + " ä\n🎬", Author: order.Author{Party: order.Buyer, ID: "v", Name: "Bea"},
		Anchor: order.Anchor{Delivery: 1}, WrittenAt: start,
	}
}

// comment adds comments to an order.
func (f *fixture) comment(id string, add ...order.Comment) {
	f.Helper()
	f.must(f.Annotations.ChangeComments(f.Context(), id, func(_ order.Order, comments []order.Comment) ([]order.Comment, error) {
		return append(comments, add...), nil
	}))
}

func (f *fixture) commentsOf(id string) []order.Comment {
	f.Helper()
	comments, err := f.Annotations.Comments(f.Context(), id)
	f.must(err)
	return comments
}

func comments(f *fixture) {
	f.place("o1", "eva", time.Hour)
	f.place("o2", "eva", time.Hour)
	before := f.do("o1", work, start)
	last, err := f.EventLog.LastSeq(f.Context())
	f.must(err)
	announced := f.EventLog.Changed()

	full := note("a")
	f.comment("o1", full, note("b"))
	f.same("the comments", f.commentsOf("o1"), []order.Comment{full, note("b")})
	f.same("those of another order", f.commentsOf("o2"), nil)
	f.same("those of no order", f.commentsOf("absent"), nil)
	f.must(f.Annotations.ChangeComments(f.Context(), "o1", func(o order.Order, comments []order.Comment) ([]order.Comment, error) {
		f.same("the order, as change sees it", o, before)
		return comments[1:], nil
	}))
	f.same("the comments after one was deleted", f.commentsOf("o1"), []order.Comment{note("b")})

	no := errors.New("no")
	err = f.Annotations.ChangeComments(f.Context(), "o1", func(order.Order, []order.Comment) ([]order.Comment, error) { return nil, no })
	if !errors.Is(err, no) {
		f.Errorf("a refused change returns %v", err)
	}
	f.same("the comments after a refusal", f.commentsOf("o1"), []order.Comment{note("b")})
	f.refused(f.Annotations.ChangeComments(f.Context(), "absent", func(_ order.Order, c []order.Comment) ([]order.Comment, error) { return c, nil }), order.NotFound)

	f.same("the order", f.get("o1"), before)
	seq, err := f.EventLog.LastSeq(f.Context())
	f.must(err)
	select {
	case <-announced:
		f.Error("a comment was announced")
	default:
	}
	if seq != last {
		f.Errorf("a comment made event %d", seq)
	}
	f.must(f.Annotations.ChangeComments(f.Context(), "o1", func(order.Order, []order.Comment) ([]order.Comment, error) { return nil, nil }))
	f.same("the comments after all were deleted", f.commentsOf("o1"), nil)
}

// ask sends comments with a change request.
func (f *fixture) ask(id string, at time.Time, points ...string) (order.Order, error) {
	var comments []order.Comment
	return f.Orders.Change(f.Context(), store.Change{
		Order: id, Comments: &comments,
		Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return o.Apply(order.Command{Action: order.RequestChanges, By: order.Buyer, Points: points, Comments: comments}, at, order.DefaultPolicy())
		},
	})
}

func changeWithComments(f *fixture) {
	f.place("o1", "eva", time.Hour)
	f.do("o1", work, start)
	f.comment("o1", note("a"), note("b"))
	_, err := f.ask("o1", start, "z")
	f.refused(err, order.Invalid)
	f.same("the comments after a refusal", f.commentsOf("o1"), []order.Comment{note("a"), note("b")})

	o, err := f.ask("o1", start, "b")
	f.must(err)
	sent := note("b")
	sent.SentAt = start
	f.same("the comments", f.commentsOf("o1"), []order.Comment{sent, note("a")})
	f.same("the change request", o.Changes, order.ChangeRequest{Delivery: 1, RequestedAt: start, Points: 1})

	var seen []order.Comment
	again := work
	again.Work.Done = []string{"b"}
	o, err = f.Orders.Change(f.Context(), store.Change{Order: "o1", Comments: &seen, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		again.Comments = seen
		return o.Apply(again, start, order.DefaultPolicy())
	}})
	f.must(err)
	f.same("the comments, as a change sees them", seen, []order.Comment{sent, note("a")})
	f.same("what the delivery takes up", o.Deliveries[1].Done, []string{"b"})
	f.same("the order, read again", f.get("o1"), o)

	// The deadline comes first and its result stays: the order has completed, and
	// that event sent the draft.
	_, err = f.ask("o1", start.Add(1_000*time.Hour), "a")
	f.refused(err, order.Conflict)
	f.same("the status", f.get("o1").Status, order.Completed)
	late := note("a")
	late.SentAt = f.get("o1").CompletedAt
	f.same("the comments after the order's end", f.commentsOf("o1"), []order.Comment{sent, late})
}

// restOfComments completes orders in every way that stores an event: by the clock,
// several at once, by the buyer, by a late command, and by a view.
func restOfComments(f *fixture) {
	p := order.DefaultPolicy()
	late := start.Add(p.ReviewPeriod + time.Hour)
	ways := map[string]func(id string){
		"accepted": func(id string) { f.do(id, order.Command{Action: order.Accept, By: order.Buyer}, start.Add(time.Hour)) },
		"refused": func(id string) {
			_, err := f.Orders.Change(f.Context(), store.Change{Order: id, Apply: apply(order.Command{Action: order.Accept, By: order.Buyer}, late)})
			f.refused(err, order.Conflict)
		},
		"looked at": func(id string) {
			f.must(f.Orders.RecordViews(f.Context(), []order.View{{Order: id, Delivery: 1, At: late}}, p))
		},
		"elapsed": func(string) {
			if n, err := f.Deadlines.AdvanceDue(f.Context(), late, p, 10); n != 3 || err != nil {
				f.Errorf("%d orders completed, %v", n, err)
			}
		},
		"elapsed too": func(string) {},
		"uncommented": func(string) {},
	}
	for id := range ways {
		f.place(id, "eva", time.Hour)
		f.do(id, work, start)
		if id != "uncommented" {
			f.comment(id, note("a"), note("b"))
		}
	}
	for _, id := range []string{"accepted", "refused", "looked at", "elapsed", "elapsed too", "uncommented"} {
		ways[id](id)
		o := f.get(id)
		f.same(id, o.Status, order.Completed)
		var want []order.Comment
		for _, c := range []order.Comment{note("a"), note("b")} {
			if id != "uncommented" {
				c.SentAt = o.CompletedAt
				want = append(want, c)
			}
		}
		f.same("the comments of "+id, f.commentsOf(id), want)
		log := f.events(store.EventQuery{OrderID: id})
		i := slices.IndexFunc(log, func(e order.Event) bool { return e.Type == order.OrderCompleted })
		f.same("how many the event of "+id+" counts", log[i].Points, len(want))
	}
}

// watchedComments watches the comments of an order.
func watchedComments(f *fixture) {
	f.place("o1", "eva", time.Hour)
	f.do("o1", work, start)
	changed, stop := f.Annotations.WatchComments("o1")
	f.comment("o1", note("a"))
	f.comment("o1", note("b")) // the tokens may merge
	<-changed
	f.must(f.Annotations.ChangeComments(f.Context(), "o1", func(order.Order, []order.Comment) ([]order.Comment, error) { return nil, nil }))
	<-changed
	stop()
}

func concurrentComments(f *fixture) {
	f.place("o1", "eva", time.Hour)
	f.do("o1", work, start)
	f.comment("o1", note("first"))
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			err := f.Annotations.ChangeComments(f.Context(), "o1", func(_ order.Order, comments []order.Comment) ([]order.Comment, error) {
				return append(comments, note(fmt.Sprint("c", i))), nil
			})
			if err != nil {
				f.Errorf("comment %d: %v", i, err)
			}
		})
	}
	all.Go(func() {
		if _, err := f.ask("o1", start, "first"); err != nil {
			f.Errorf("asking: %v", err)
		}
	})
	all.Wait()
	comments := f.commentsOf("o1")
	if len(comments) != 11 || comments[0].ID != "first" || !comments[0].Sent() {
		f.Errorf("the comments are %+v", comments)
	}
}
