package order_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

func text(s string) *string { return &s }

func TestChangeOrder(t *testing.T) {
	due, later := t0.Add(120*time.Hour), t0.Add(200*time.Hour)
	berlin := later.In(time.FixedZone("CET", 3600))
	for _, tc := range []struct {
		name    string
		edit    order.Edit
		changed []string // none for no event
		buyer   []string // what the buyer is told of it
	}{
		{"nothing", order.Edit{}, nil, nil},
		{"the same again", order.Edit{Title: text("Wedding film"), DueAt: &due, Notes: text("")}, nil, nil},
		{"blanks around the title", order.Edit{Title: text(" Wedding film\t")}, nil, nil},
		{"title", order.Edit{Title: text("Hochzeitsfilm")}, []string{"title"}, []string{"title"}},
		{"due date", order.Edit{DueAt: &berlin}, []string{"due_at"}, []string{"due_at"}},
		{"notes", order.Edit{Notes: text("Bea prefers\nphone calls.")}, []string{"notes"}, nil},
		{"all", order.Edit{Title: text("Film"), DueAt: &later, Notes: text("n")}, []string{"title", "due_at", "notes"}, []string{"title", "due_at"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := placed(t)
			events, err := o.Apply(order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: tc.edit}, t0, policy)
			if err != nil {
				t.Fatal(err)
			}
			if len(tc.changed) == 0 {
				if len(events) != 0 || !cmp.Equal(o, placed(t)) {
					t.Fatalf("events %+v, order %+v", events, o)
				}
				return
			}
			if len(events) != 1 || !cmp.Equal(events[0].Changed, tc.changed) || events[0].Message != "" {
				t.Fatalf("events %+v", events)
			}
			told, ok := events[0].For(order.Buyer)
			if ok != (len(tc.buyer) > 0) || !slices.Equal(told.Changed, tc.buyer) {
				t.Errorf("the buyer is told %+v, %t", told, ok)
			}
			if own, ok := events[0].For(order.Seller); !ok || !cmp.Equal(own, events[0]) {
				t.Errorf("the seller is told %+v, %t", own, ok)
			}
			if tc.edit.DueAt == &berlin && (o.DueAt.Location() != time.UTC || !events[0].DueAt.Equal(later)) {
				t.Errorf("due %s, event %s", o.DueAt, events[0].DueAt)
			}
		})
	}
}

func TestChangeOrderRefusesBadValues(t *testing.T) {
	never := time.Time{}
	for field, edit := range map[string]order.Edit{
		"title":  {Title: text("  "), Notes: text("kept out with the rest")},
		"due_at": {DueAt: &never, Notes: text("kept out with the rest")},
		"notes":  {Notes: text(strings.Repeat("ü", order.MaxNotes+1))},
	} {
		t.Run(field, func(t *testing.T) {
			o := placed(t)
			events, err := o.Apply(order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: edit}, t0, policy)
			var refused *order.Error
			if !errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != field {
				t.Errorf("got %v", err)
			}
			if len(events) > 0 || !cmp.Equal(o, placed(t)) {
				t.Errorf("a refused change left %+v, %+v", events, o)
			}
		})
	}
}

func TestReviewLink(t *testing.T) {
	hash := func(generation int) string { return "hash " + string(rune('0'+generation)) }
	o := placed(t)
	o.ReviewGeneration, o.ReviewHash = 1, hash(1)
	steps := []struct {
		name string
		do   func() []order.Event
		want order.EventType // "" for no event
		hash string          // that opens it then
	}{
		{"renewed", func() []order.Event { return o.RenewReviewLink(hash, t0, policy) }, order.ReviewLinkRenewed, "hash 2"},
		{"revoked", func() []order.Event { return o.RevokeReviewLink(t0, policy) }, order.ReviewLinkRevoked, ""},
		{"revoked again", func() []order.Event { return o.RevokeReviewLink(t0, policy) }, "", ""},
		{"renewed after that", func() []order.Event { return o.RenewReviewLink(hash, t0, policy) }, order.ReviewLinkRenewed, "hash 3"},
	}
	for _, s := range steps {
		events := s.do()
		if (s.want == "") != (len(events) == 0) || s.want != "" && (events[0].Type != s.want || events[0].By != order.Seller) {
			t.Fatalf("%s: events %+v", s.name, events)
		}
		for _, e := range events {
			if told, ok := e.For(order.Buyer); ok {
				t.Errorf("%s: the buyer is told %+v", s.name, told)
			}
		}
		for g := range 5 {
			if opens := o.OpenedBy(hash(g)); opens != (hash(g) == s.hash) {
				t.Errorf("%s: %q opens: %t", s.name, hash(g), opens)
			}
		}
		if o.OpenedBy("") {
			t.Errorf("%s: nothing opens it", s.name)
		}
		if faults := o.Faults(); len(faults) > 0 {
			t.Errorf("%s: %v", s.name, faults)
		}
	}
}

// A link is given and taken also when the review has ended meanwhile.
func TestReviewLinkLetsTimeActFirst(t *testing.T) {
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	events := o.RevokeReviewLink(o.ReviewEndsAt, policy)
	if len(events) != 2 || events[0].Type != order.OrderCompleted || events[1].Status != order.Completed {
		t.Errorf("events %+v", events)
	}
}
