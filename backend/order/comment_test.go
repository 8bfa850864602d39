package order_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

var bea = order.Author{Party: order.Buyer, Name: "Bea"}

// reviewing returns an order with one delivery under review.
func reviewing(t testing.TB) order.Order {
	t.Helper()
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	return o
}

func pin(id, text string, a order.Anchor) order.Comment {
	a.Delivery = max(a.Delivery, 1)
	return order.Comment{ID: id, Text: text, Author: bea, Anchor: a}
}

func put(t testing.TB, o order.Order, comments []order.Comment, c order.Comment) []order.Comment {
	t.Helper()
	after, err := o.PutComment(comments, c, t0)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

func ids(comments []order.Comment) string {
	var list []string
	for _, c := range comments {
		list = append(list, c.ID)
	}
	return strings.Join(list, " ")
}

func TestWhereACommentCanBe(t *testing.T) {
	point := func(x, y float64) *order.Point { return &order.Point{X: x, Y: y} }
	for name, tc := range map[string]struct {
		anchor order.Anchor
		field  string // at fault; "" for a good one
	}{
		"the delivery":            {order.Anchor{}, ""},
		"a file":                  {order.Anchor{File: "u1"}, ""},
		"a corner":                {order.Anchor{File: "u1", Point: point(0, 1)}, ""},
		"the start":               {order.Anchor{File: "u1", Seconds: new(0.0)}, ""},
		"a point of a moment":     {order.Anchor{File: "u1", Seconds: new(14.25), Point: point(.5, .5)}, ""},
		"a point of a page":       {order.Anchor{File: "u1", Page: 3, Point: point(.5, .5)}, ""},
		"a line":                  {order.Anchor{File: "u1", Line: 1}, ""},
		"no delivery":             {order.Anchor{Delivery: 2}, "delivery"},
		"another delivery's file": {order.Anchor{File: "u9"}, "file"},
		"the archive":             {order.Anchor{File: order.Archive}, "file"},
		"a point of no file":      {order.Anchor{Point: point(0, 0)}, "file"},
		"a page of no file":       {order.Anchor{Page: 1}, "file"},
		"left of the image":       {order.Anchor{File: "u1", Point: point(-.01, 0)}, "point.x"},
		"below the image":         {order.Anchor{File: "u1", Point: point(0, 1.01)}, "point.y"},
		"no number":               {order.Anchor{File: "u1", Point: point(math.NaN(), 0)}, "point.x"},
		"far away":                {order.Anchor{File: "u1", Point: point(0, math.Inf(1))}, "point.y"},
		"before the start":        {order.Anchor{File: "u1", Seconds: new(-.1)}, "seconds"},
		"never":                   {order.Anchor{File: "u1", Seconds: new(math.NaN())}, "seconds"},
		"after years":             {order.Anchor{File: "u1", Seconds: new(1e9)}, "seconds"},
		"a page before the first": {order.Anchor{File: "u1", Page: -1}, "page"},
		"a page of no book":       {order.Anchor{File: "u1", Page: 100_001}, "page"},
		"a line before the first": {order.Anchor{File: "u1", Line: -1}, "line"},
		"two places":              {order.Anchor{File: "u1", Page: 1, Seconds: new(1.0)}, "seconds"},
		"a point of a line":       {order.Anchor{File: "u1", Line: 1, Point: point(0, 0)}, "point"},
	} {
		t.Run(name, func(t *testing.T) {
			o := reviewing(t)
			_, err := o.PutComment(nil, pin("c", "Louder", tc.anchor), t0)
			var refused *order.Error
			if tc.field == "" && err != nil || tc.field != "" && (!errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != tc.field) {
				t.Errorf("the error is %v, want one of the field %q", err, tc.field)
			}
		})
	}
}

func TestWhatACommentSays(t *testing.T) {
	o := reviewing(t)
	for name, c := range map[string]order.Comment{
		"nothing":       pin("c", " \n", order.Anchor{}),
		"too much":      pin("c", strings.Repeat("ä", order.MaxComment+1), order.Anchor{}),
		"broken UTF-8":  pin("c", "a\xff", order.Anchor{}),
		"no ID":         pin("", "x", order.Anchor{}),
		"a long ID":     pin(strings.Repeat("x", 65), "x", order.Anchor{}),
		"a hostile ID":  pin("../x", "x", order.Anchor{}),
		"a spaced ID":   pin("a b", "x", order.Anchor{}),
		"an ID in Umls": pin("ä", "x", order.Anchor{}),
	} {
		if _, err := o.PutComment(nil, c, t0); !errors.Is(err, &order.Error{Code: order.Invalid}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, o, nil, pin("Ab-1_", strings.Repeat("ä", order.MaxComment), order.Anchor{}))
}

func TestWhoMayChangeAComment(t *testing.T) {
	o := reviewing(t)
	viewer := order.Author{Party: order.Buyer, ID: "v1", Name: "Tom"}
	theirs := pin("v", "Brighter", order.Anchor{})
	theirs.Author = viewer
	comments := put(t, o, put(t, o, nil, pin("a", "Louder", order.Anchor{})), theirs)

	changed := put(t, o, comments, pin("a", "Much louder", order.Anchor{File: "u1"}))
	if changed[0].Text != "Much louder" || changed[0].File != "u1" || comments[0].Text != "Louder" || len(changed) != 2 {
		t.Errorf("changed to %+v", changed)
	}
	refused := func(name string, err error, code order.Code) {
		t.Helper()
		if !errors.Is(err, &order.Error{Code: code}) {
			t.Errorf("%s: %v, want %s", name, err, code)
		}
	}
	_, err := o.PutComment(comments, pin("v", "x", order.Anchor{}), t0)
	refused("the buyer changes a viewer's words", err, order.Forbidden)
	other := pin("a", "x", order.Anchor{})
	other.Author = viewer
	_, err = o.PutComment(comments, other, t0)
	refused("a viewer changes the buyer's words", err, order.Forbidden)
	other.Author = order.Author{Party: order.Seller, Name: "Eva"}
	_, err = o.PutComment(nil, other, t0)
	refused("the seller comments", err, order.Forbidden)
	if left, err := o.DeleteComment(comments, "v", bea); err != nil || ids(left) != "a" || ids(comments) != "a v" {
		t.Errorf("the buyer deletes a viewer's draft: %q, %v", ids(left), err)
	}
	if left, err := o.DeleteComment(comments, "absent", bea); err != nil || len(left) != 2 {
		t.Errorf("deleting none: %v", err)
	}
	_, err = o.DeleteComment(comments, "a", order.Author{Party: order.Seller})
	refused("the seller deletes", err, order.Forbidden)
}

func TestAnOrderHasSoManyComments(t *testing.T) {
	o := reviewing(t)
	full := make([]order.Comment, order.MaxComments)
	for i := range full {
		full[i] = pin(strings.Repeat("x", i%64+1)+string(rune('a'+i/64)), "x", order.Anchor{})
	}
	full[0].ID = "first"
	if _, err := o.PutComment(full, pin("more", "x", order.Anchor{}), t0); !errors.Is(err, &order.Error{Code: order.Invalid}) {
		t.Errorf("one more: %v", err)
	}
	put(t, o, full, pin("first", "changed", order.Anchor{}))
}

// A change request takes drafts along, which then are points and stay as they
// are; what was not named stays a draft.
func TestPoints(t *testing.T) {
	o := reviewing(t)
	var comments []order.Comment
	for _, id := range []string{"a", "b", "c"} {
		comments = put(t, o, comments, pin(id, "text of "+id, order.Anchor{File: "u1"}))
	}
	at := t0.Add(time.Hour)
	ask := order.Command{Action: order.RequestChanges, By: order.Buyer, Points: []string{"c", "a"}, Comments: comments}
	for name, wrong := range map[string][]string{"absent": {"a", "z"}, "twice": {"a", "a"}} {
		bad := ask
		bad.Points = wrong
		if _, err := o.Apply(bad, at, policy); !errors.Is(err, &order.Error{Code: order.Invalid}) || o.Status != order.Delivered || comments[0].Sent() {
			t.Errorf("%s: %v, %+v", name, err, comments)
		}
	}
	events, err := o.Apply(ask, at, policy)
	if err != nil || len(events) != 1 || events[0].Points != 2 || o.Changes.Points != 2 || o.Changes.Message != "" {
		t.Fatalf("%+v, %v, %+v", events, err, o.Changes)
	}
	points, first := order.Points(comments, at)
	if ids(comments) != "a c b" || ids(points) != "a c" || first != 1 {
		t.Errorf("the comments are %q, the points %q from %d", ids(comments), ids(points), first)
	}
	if !points[0].For(order.Seller) || comments[2].For(order.Seller) || !comments[2].For(order.Buyer) {
		t.Error("the seller sees what was sent, and nothing else")
	}
	if _, err := o.PutComment(comments, pin("b", "x", order.Anchor{}), at); !errors.Is(err, &order.Error{Code: order.Conflict}) {
		t.Errorf("commenting in revision: %v", err)
	}

	again := command(order.Deliver, order.Seller)
	again.Comments = comments
	for _, wrong := range [][]string{{"b"}, {"z"}, {"a", "a"}} {
		again.Work.Done = wrong
		if _, err := o.Apply(again, at, policy); !errors.Is(err, &order.Error{Code: order.Invalid}) || len(o.Deliveries) != 1 {
			t.Errorf("delivering takes up %q: %v", wrong, err)
		}
	}
	again.Work.Done = []string{"a"}
	if events, err := o.Apply(again, at, policy); err != nil || events[0].Done != 1 || o.DoneIn("a") != 2 || o.DoneIn("c") != 0 {
		t.Errorf("%+v, %v: a done in %d, c in %d", events, err, o.DoneIn("a"), o.DoneIn("c"))
	}
	again.Work.Done = []string{"a", "c"}
	if _, err := o.Apply(again, at, policy); err != nil || o.DoneIn("a") != 2 || o.DoneIn("c") != 3 {
		t.Errorf("%v: a done in %d, c in %d", err, o.DoneIn("a"), o.DoneIn("c"))
	}
	_, err = o.PutComment(comments, pin("a", "x", order.Anchor{}), at)
	if !errors.Is(err, &order.Error{Code: order.Conflict}) {
		t.Errorf("changing a point: %v", err)
	}
	if _, err = o.DeleteComment(comments, "a", bea); !errors.Is(err, &order.Error{Code: order.Conflict}) {
		t.Errorf("deleting a point: %v", err)
	}
	if faults := o.CommentFaults(comments); len(faults) > 0 {
		t.Error(faults)
	}
}

// An order that completes, by whomever, sends what the buyer's side has not
// sent; one that is cancelled keeps it.
func TestSendRest(t *testing.T) {
	viewer := order.Author{Party: order.Viewer, ID: "1", Name: "Ada"}
	for _, tc := range []struct {
		name     string
		commands []order.Command
		wait     time.Duration
		sent     string // IDs of what is sent at the end
		want     order.Status
	}{
		{"by the clock", nil, policy.ReviewPeriod, "a b", order.Completed},
		{"by the buyer", []order.Command{command(order.Accept, order.Buyer)}, time.Hour, "a b", order.Completed},
		{"a moment before", nil, policy.ReviewPeriod - 1, "", order.Delivered},
		{"in revision", []order.Command{{Action: order.RequestChanges, By: order.Buyer, Message: "x"}}, time.Hour, "", order.InRevision},
		{"cancelled", []order.Command{command(order.ProposeCancellation, order.Seller), command(order.AgreeCancellation, order.Buyer)}, time.Hour, "", order.Cancelled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := reviewing(t)
			ada := pin("b", "y", order.Anchor{})
			ada.Author = viewer
			comments := put(t, o, put(t, o, nil, pin("a", "x", order.Anchor{File: "u1"})), ada)
			events := o.Advance(t0.Add(tc.wait), policy)
			for _, c := range tc.commands {
				more, err := o.Apply(c, t0.Add(tc.wait), policy)
				if err != nil {
					t.Fatal(err)
				}
				events = append(events, more...)
			}
			n := order.SendRest(comments, events)
			var sent []string
			for _, c := range comments {
				if c.Sent() && c.SentAt.Equal(o.CompletedAt) {
					sent = append(sent, c.ID)
				}
			}
			if o.Status != tc.want || n != len(sent) || strings.Join(sent, " ") != tc.sent {
				t.Errorf("%s: %d comments were sent, %q", o.Status, n, sent)
			}
			for _, e := range events {
				if e.Type == order.OrderCompleted && e.Points != len(sent) {
					t.Errorf("the completion counts %d", e.Points)
				}
				if seen, ok := e.For(order.Viewer); ok && seen.Points > 0 {
					t.Errorf("a viewer is told of %d", seen.Points)
				}
			}
			if faults := o.CommentFaults(comments); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}

// Comments that were sent before stay with their change request.
func TestSendRestLeavesPoints(t *testing.T) {
	o := reviewing(t)
	sent, draft := pin("a", "x", order.Anchor{}), pin("b", "y", order.Anchor{})
	sent.SentAt = t0
	comments := []order.Comment{sent, draft}
	events := o.Advance(t0.Add(policy.ReviewPeriod), policy)
	if n := order.SendRest(comments, events); n != 1 || !comments[0].SentAt.Equal(t0) || ids(comments) != "a b" {
		t.Errorf("%d were sent: %+v", n, comments)
	}
	rest, first := order.Points(comments, o.CompletedAt)
	if ids(rest) != "b" || first != 2 {
		t.Errorf("with the completion came %q from %d", ids(rest), first)
	}
}

func TestWordsOrPoints(t *testing.T) {
	for _, tc := range []struct {
		message string
		points  []string
		want    order.Code // "" for none
	}{
		{"", nil, order.Invalid},
		{" ", nil, order.Invalid},
		{"Louder", nil, ""},
		{"", []string{"a"}, ""},
		{" \n", []string{"a"}, ""},
		{"Louder", []string{"a"}, ""},
		{strings.Repeat("x", order.MaxMessage+1), []string{"a"}, order.Invalid},
	} {
		o := reviewing(t)
		_, err := o.Apply(order.Command{
			Action: order.RequestChanges, By: order.Buyer, Message: tc.message, Points: tc.points,
			Comments: put(t, o, nil, pin("a", "x", order.Anchor{})),
		}, t0, policy)
		if got := codeOf(err); got != tc.want {
			t.Errorf("%.10q with %q is refused with %q, want %q", tc.message, tc.points, got, tc.want)
		}
	}
}

func codeOf(err error) order.Code {
	var refused *order.Error
	errors.As(err, &refused)
	if refused == nil {
		return ""
	}
	return refused.Code
}

func TestCommentFaults(t *testing.T) {
	o := reviewing(t)
	good := put(t, o, nil, pin("a", "x", order.Anchor{File: "u1"}))
	sent := pin("b", "x", order.Anchor{})
	sent.SentAt = t0
	for name, comments := range map[string][]order.Comment{
		"twice":            {good[0], good[0]},
		"behind a draft":   {good[0], sent},
		"of no file":       {pin("c", "x", order.Anchor{File: "u7"})},
		"says nothing":     {pin("c", "", order.Anchor{})},
		"of no such place": {pin("c", "x", order.Anchor{Delivery: 4})},
	} {
		if faults := o.CommentFaults(comments); len(faults) != 1 {
			t.Errorf("%s: %q", name, faults)
		}
	}
	asked := reviewing(t)
	do(t, &asked, t0, order.RequestChanges, order.Buyer)
	asked.Deliveries[0].Done = []string{"a"}
	if faults := asked.CommentFaults([]order.Comment{sent}); len(faults) != 2 {
		t.Errorf("a draft that is done, and a point too many: %q", faults)
	}
	if diff := cmp.Diff([]string(nil), o.CommentFaults(good)); diff != "" {
		t.Error(diff)
	}
}
