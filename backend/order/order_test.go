package order_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

var (
	t0     = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	policy = order.DefaultPolicy()
)

// placed returns an order that is due in five days.
func placed(t testing.TB) order.Order {
	t.Helper()
	o, _, err := order.Place(order.Order{
		ID: "o1", SellerID: "s1", Title: "Wedding film",
		Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
		Price: order.Money{Hundredths: 12_000, Currency: "EUR"},
		DueAt: t0.Add(120 * time.Hour),
	}, t0)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func deliver() order.Command {
	return order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "The film", Files: []order.File{{ID: "u1", Path: "film.mp4", Size: 4_000, SHA256: "ab"}},
	}}
}

// command returns a well-formed command of the action.
func command(a order.Action, by order.Party) order.Command {
	c := deliver()
	c.Action, c.By, c.Message, c.Days = a, by, "Please look again", 2
	title := "Wedding film, " + string(a)
	c.Edit.Title = &title
	return c
}

func do(t testing.TB, o *order.Order, now time.Time, a order.Action, by order.Party) []order.Event {
	t.Helper()
	events, err := o.Apply(command(a, by), now, policy)
	if err != nil {
		t.Fatalf("%s by %s: %v", a, by, err)
	}
	return events
}

// state is a status together with what else decides about an action.
type state struct {
	name  string
	build func(t *testing.T) order.Order
	// seller and buyer are the actions that each may take.
	seller, buyer []order.Action
}

func states() []state {
	at := t0.Add(time.Hour)
	delivered := func(t *testing.T) order.Order {
		o := placed(t)
		do(t, &o, at, order.Deliver, order.Seller)
		return o
	}
	with := func(base func(*testing.T) order.Order, a order.Action, by order.Party) func(*testing.T) order.Order {
		return func(t *testing.T) order.Order {
			o := base(t)
			do(t, &o, at, a, by)
			return o
		}
	}
	active := func(t *testing.T) order.Order { return placed(t) }
	revision := with(delivered, order.RequestChanges, order.Buyer)
	msg := order.WriteMessage
	edit := order.ChangeOrder
	comment := order.WriteComment
	review := []order.Action{order.Accept, order.RequestChanges, order.ExtendReview}
	answer := []order.Action{order.AgreeCancellation, order.DeclineCancellation, msg}
	undo := []order.Action{order.WithdrawCancellation, msg}
	return []state{
		{"active", active, []order.Action{order.Deliver, order.ProposeCancellation, msg, edit}, []order.Action{order.ProposeCancellation, msg}},
		{"active, seller proposes", with(active, order.ProposeCancellation, order.Seller), append(append([]order.Action{order.Deliver}, undo...), edit), answer},
		{"active, buyer proposes", with(active, order.ProposeCancellation, order.Buyer), append(append([]order.Action{order.Deliver}, answer...), edit), undo},
		{"delivered", delivered, []order.Action{order.Deliver, order.ProposeCancellation, msg}, append(slices.Clone(review), order.ProposeCancellation, msg, comment)},
		{"delivered, seller proposes", with(delivered, order.ProposeCancellation, order.Seller), append([]order.Action{order.Deliver}, undo...), append(append(slices.Clone(review), answer...), comment)},
		{"delivered, buyer proposes", with(delivered, order.ProposeCancellation, order.Buyer), append([]order.Action{order.Deliver}, answer...), append(append(slices.Clone(review), undo...), comment)},
		{"in revision", revision, []order.Action{order.Deliver, order.ProposeCancellation, msg, edit}, []order.Action{order.ProposeCancellation, msg}},
		{"in revision, buyer proposes", with(revision, order.ProposeCancellation, order.Buyer), append(append([]order.Action{order.Deliver}, answer...), edit), undo},
		{"completed", with(delivered, order.Accept, order.Buyer), []order.Action{msg}, []order.Action{msg}},
		{"cancelled", with(with(active, order.ProposeCancellation, order.Buyer), order.AgreeCancellation, order.Seller), nil, nil},
	}
}

// Every state × every action × both parties: what the table allows works, and
// everything else is refused, says what is allowed, and changes nothing.
func TestEveryActionInEveryState(t *testing.T) {
	for _, s := range states() {
		for _, by := range []order.Party{order.Seller, order.Buyer} {
			may := s.seller
			if by == order.Buyer {
				may = s.buyer
			}
			t.Run(fmt.Sprintf("%s/%s/allowed", s.name, by), func(t *testing.T) {
				o := s.build(t)
				if diff := cmp.Diff(append([]order.Action{}, may...), o.Allowed(by)); diff != "" {
					t.Errorf("allowed (-want +got):\n%s", diff)
				}
			})
			for _, a := range order.Actions() {
				t.Run(fmt.Sprintf("%s/%s/%s", s.name, by, a), func(t *testing.T) {
					o := s.build(t)
					before := s.build(t)
					events, err := o.Apply(command(a, by), t0.Add(2*time.Hour), policy)
					if slices.Contains(may, a) && a == order.WriteComment {
						if !errors.Is(err, &order.Error{Code: order.Invalid}) || len(events) != 0 || !cmp.Equal(before, o) {
							t.Fatalf("a comment happened to the order: %v, %v", events, err)
						}
						return
					}
					if slices.Contains(may, a) {
						if err != nil || len(events) != 1 || events[0].By != by || events[0].Status != o.Status {
							t.Fatalf("allowed action: events %v, error %v", events, err)
						}
						return
					}
					var refused *order.Error
					if !errors.As(err, &refused) || (refused.Code != order.Conflict && refused.Code != order.Forbidden) {
						t.Fatalf("want a refusal, got %v", err)
					}
					if refused.Code == order.Conflict && refused.Status != o.Status {
						t.Errorf("the refusal names status %q, the order is %q", refused.Status, o.Status)
					}
					if len(events) != 0 || !cmp.Equal(before, o) {
						t.Errorf("a refused action changed the order:\n%s", cmp.Diff(before, o))
					}
				})
			}
		}
	}
}

func TestStatusAfterEachTransition(t *testing.T) {
	for _, tc := range []struct {
		from   string
		action order.Action
		by     order.Party
		to     order.Status
	}{
		{"active", order.Deliver, order.Seller, order.Delivered},
		{"in revision", order.Deliver, order.Seller, order.Delivered},
		{"delivered", order.Deliver, order.Seller, order.Delivered},
		{"delivered", order.Accept, order.Buyer, order.Completed},
		{"delivered", order.RequestChanges, order.Buyer, order.InRevision},
		{"delivered", order.ExtendReview, order.Buyer, order.Delivered},
		{"delivered", order.ProposeCancellation, order.Buyer, order.Delivered},
		{"active, buyer proposes", order.AgreeCancellation, order.Seller, order.Cancelled},
		{"active, buyer proposes", order.DeclineCancellation, order.Seller, order.Active},
		{"active, seller proposes", order.WithdrawCancellation, order.Seller, order.Active},
		{"in revision, buyer proposes", order.AgreeCancellation, order.Seller, order.Cancelled},
		{"completed", order.WriteMessage, order.Buyer, order.Completed},
	} {
		t.Run(fmt.Sprintf("%s/%s", tc.from, tc.action), func(t *testing.T) {
			i := slices.IndexFunc(states(), func(s state) bool { return s.name == tc.from })
			o := states()[i].build(t)
			do(t, &o, t0.Add(2*time.Hour), tc.action, tc.by)
			if o.Status != tc.to {
				t.Errorf("status %q, want %q", o.Status, tc.to)
			}
		})
	}
}

func TestReviewPeriod(t *testing.T) {
	fromDue := policy
	fromDue.ReviewFrom = order.FromDueDate
	due := t0.Add(120 * time.Hour)
	for _, tc := range []struct {
		name   string
		policy order.Policy
		at     time.Time
		ends   time.Time
	}{
		{"from the delivery", policy, t0.Add(time.Hour), t0.Add(73 * time.Hour)},
		{"from the due date when delivered early", fromDue, t0.Add(time.Hour), due.Add(72 * time.Hour)},
		{"from the delivery when late", fromDue, due.Add(time.Hour), due.Add(73 * time.Hour)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := placed(t)
			if _, err := o.Apply(deliver(), tc.at, tc.policy); err != nil {
				t.Fatal(err)
			}
			if !o.ReviewEndsAt.Equal(tc.ends) {
				t.Errorf("review ends %s, want %s", o.ReviewEndsAt, tc.ends)
			}
		})
	}
}

func TestTheClockCompletes(t *testing.T) {
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	end := o.ReviewEndsAt
	if events := o.Advance(end.Add(-time.Nanosecond), policy); len(events) != 1 || events[0].Type != order.ReviewEndsSoon {
		t.Fatalf("completed before its time, or without a reminder: %v", events)
	}
	// The server was down for a week: the deadline counts, not the restart.
	events := o.Advance(end.Add(168*time.Hour), policy)
	if len(events) != 1 || !events[0].At.Equal(end) || events[0].By != order.Clock {
		t.Fatalf("events %+v", events)
	}
	if o.Status != order.Completed || o.CompletedBy != order.ByReviewPeriod || !o.CompletedAt.Equal(end) ||
		!o.ClearsAt.Equal(end.Add(policy.ClearingPeriod)) {
		t.Errorf("order %+v", o)
	}
}

func TestTheDeadlineWinsAgainstALaterAction(t *testing.T) {
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	events, err := o.Apply(command(order.RequestChanges, order.Buyer), o.ReviewEndsAt, policy)
	if !errors.Is(err, &order.Error{Code: order.Conflict}) || len(events) != 1 || events[0].Type != order.OrderCompleted {
		t.Fatalf("events %v, error %v", events, err)
	}
	if o.Status != order.Completed {
		t.Errorf("status %q", o.Status)
	}
}

func TestExtension(t *testing.T) {
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	end := o.ReviewEndsAt
	extend := func(days int) error {
		_, err := o.Apply(order.Command{Action: order.ExtendReview, By: order.Buyer, Days: days}, t0, policy)
		return err
	}
	for _, days := range []int{-1, 0, 8, 1 << 40} {
		if err := extend(days); !errors.Is(err, &order.Error{Code: order.Invalid}) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	for _, days := range []int{7, 6} {
		if err := extend(days); err != nil {
			t.Fatal(err)
		}
	}
	if err := extend(2); err == nil {
		t.Error("15 days in all were allowed")
	}
	if err := extend(1); err != nil || !o.ReviewEndsAt.Equal(end.Add(14*24*time.Hour)) {
		t.Errorf("ends %s, error %v", o.ReviewEndsAt, err)
	}
	if slices.Contains(o.Allowed(order.Buyer), order.ExtendReview) {
		t.Error("an extension is offered although none is left")
	}
	do(t, &o, t0, order.Deliver, order.Seller)
	if !slices.Contains(o.Allowed(order.Buyer), order.ExtendReview) {
		t.Error("a new delivery does not start with its own extensions")
	}
}

func TestAnOpenProposalStopsTheClock(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(t *testing.T, o *order.Order)
		at   time.Duration // after the proposal
	}{
		{"declined", func(t *testing.T, o *order.Order) {
			do(t, o, t0.Add(90*time.Hour), order.DeclineCancellation, order.Seller)
		}, 20 * time.Hour},
		{"withdrawn", func(t *testing.T, o *order.Order) {
			do(t, o, t0.Add(90*time.Hour), order.WithdrawCancellation, order.Buyer)
		}, 20 * time.Hour},
		{"lapsed", func(_ *testing.T, o *order.Order) { o.Advance(t0.Add(143*time.Hour), policy) }, 72 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := placed(t)
			do(t, &o, t0, order.Deliver, order.Seller)
			do(t, &o, t0.Add(70*time.Hour), order.ProposeCancellation, order.Buyer)
			if events := o.Advance(t0.Add(80*time.Hour), policy); len(events) != 0 {
				t.Fatalf("the clock ran on: %v", events)
			}
			tc.end(t, &o)
			want := t0.Add(70*time.Hour + tc.at + order.LeftAfterProposal)
			if o.Cancellation != nil || o.Status != order.Delivered || !o.ReviewEndsAt.Equal(want) {
				t.Errorf("status %q, ends %s, want %s", o.Status, o.ReviewEndsAt, want)
			}
		})
	}
}

func TestPaymentAndLateness(t *testing.T) {
	o := placed(t)
	if o.Late(o.DueAt) || !o.Late(o.DueAt.Add(1)) {
		t.Error("late is from the moment after the due date")
	}
	do(t, &o, o.DueAt.Add(time.Hour), order.Deliver, order.Seller)
	if o.Late(o.DueAt.Add(2*time.Hour)) || o.Payment(t0) != order.Pending {
		t.Error("a delivered order is not late, and its payment is pending")
	}
	do(t, &o, o.DueAt.Add(2*time.Hour), order.Accept, order.Buyer)
	if o.Payment(o.ClearsAt.Add(-1)) != order.Clearing || o.Payment(o.ClearsAt) != order.Cleared {
		t.Error("the payment clears at its time")
	}
}

func TestWork(t *testing.T) {
	file := func(path string, size int64) order.Work {
		return order.Work{Description: "d", Files: []order.File{{ID: "u", Path: path, Size: size}}}
	}
	link := func(url string) order.Work {
		return order.Work{Description: "d", Links: []order.Link{{URL: url}}}
	}
	for _, tc := range []struct {
		name string
		work order.Work
		want order.Code // "" for accepted
	}{
		{"a file", file("film.mp4", 1), ""},
		{"exactly the limit", file("film.mp4", 5_000_000_000), ""},
		{"one byte more", file("film.mp4", 5_000_000_001), order.TooLarge},
		{"negative size", file("film.mp4", -1), order.Invalid},
		{"folders and Unicode", file("Schnitt/Größe e\u0301 日本.mov", 0), ""},
		{"description of 2,500", order.Work{Description: strings.Repeat("ü", 2_500), ConfirmNoFiles: true}, ""},
		{"description of 2,501", order.Work{Description: strings.Repeat("ü", 2_501), ConfirmNoFiles: true}, order.Invalid},
		{"no description", order.Work{Description: " \n\t", ConfirmNoFiles: true}, order.Invalid},
		{"bad UTF-8", order.Work{Description: "\xff", ConfirmNoFiles: true}, order.Invalid},
		{"no file", order.Work{Description: "d"}, order.NoFiles},
		{"no file, confirmed", order.Work{Description: "d", ConfirmNoFiles: true}, ""},
		{"a link", link("https://example.org/film?x=1"), ""},
		{"http", link("http://example.org/film"), order.Invalid},
		{"javascript", link("javascript:alert(1)"), order.Invalid},
		{"no host", link("https:///film"), order.Invalid},
		{"password in a link", link("https://a:b@example.org/"), order.Invalid},
		{"absolute path", file("/etc/passwd", 1), order.Invalid},
		{"parent", file("a/../../b", 1), order.Invalid},
		{"empty part", file("a//b", 1), order.Invalid},
		{"no name", file("", 1), order.Invalid},
		{"control character", file("a\x00b", 1), order.Invalid},
		{"long name", file(strings.Repeat("a", 1_025), 1), order.Invalid},
		{"twice", order.Work{Description: "d", Files: []order.File{{Path: "a"}, {Path: "a"}}}, order.Invalid},
		{"10,001 files", order.Work{Description: "d", Files: make([]order.File, 10_001)}, order.Invalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := placed(t)
			_, err := o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: tc.work}, t0, policy)
			if tc.want == "" && err != nil || tc.want != "" && !errors.Is(err, &order.Error{Code: tc.want}) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if err != nil && o.Status != order.Active {
				t.Errorf("a refused delivery changed the order to %q", o.Status)
			}
		})
	}
}

func TestPlaceRefusesBadOrders(t *testing.T) {
	good := placed(t)
	for name, spoil := range map[string]func(*order.Order){
		"no title":         func(o *order.Order) { o.Title = "  " },
		"two-line title":   func(o *order.Order) { o.Title = "a\nb" },
		"long title":       func(o *order.Order) { o.Title = strings.Repeat("x", 201) },
		"no buyer":         func(o *order.Order) { o.Buyer.Name = "" },
		"no address":       func(o *order.Order) { o.Buyer.Email = "bea" },
		"named address":    func(o *order.Order) { o.Buyer.Email = "Bea <bea@example.org>" },
		"negative price":   func(o *order.Order) { o.Price.Hundredths = -1 },
		"unknown currency": func(o *order.Order) { o.Price.Currency = "euro" },
		"two-line name":    func(o *order.Order) { o.Buyer.Name = "Bea\r\nBcc: x" },
		"unknown language": func(o *order.Order) { o.Buyer.Language = "tlh" },
		"long notes":       func(o *order.Order) { o.Notes = strings.Repeat("ü", 2_501) },
		"no due date":      func(o *order.Order) { o.DueAt = time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			spoil(&o)
			if _, _, err := order.Place(o, t0); !errors.Is(err, &order.Error{Code: order.Invalid}) {
				t.Errorf("got %v", err)
			}
		})
	}
}
