package order_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

// told is what a test compares of the events.
type told struct {
	Type     order.EventType
	At       time.Time
	Unopened bool
}

func tell(events []order.Event) []told {
	all := []told{}
	for _, e := range events {
		all = append(all, told{e.Type, e.At, e.Unopened})
	}
	return all
}

func h(hours int) time.Time { return t0.Add(time.Duration(hours) * time.Hour) }

// expect fails unless exactly this has happened to the order by the time.
func expect(t *testing.T, o *order.Order, now time.Time, want ...told) {
	t.Helper()
	if diff := cmp.Diff(append([]told{}, want...), tell(o.Advance(now, policy))); diff != "" {
		t.Fatalf("by %s (-want +got):\n%s", now, diff)
	}
	if faults := o.Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
}

// due returns an order that is due so many hours after it was placed at t0.
func due(t *testing.T, hours int) order.Order {
	t.Helper()
	o, _, err := order.Place(order.Order{
		ID: "o1", SellerID: "s1", Title: "Wedding film",
		Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: h(hours),
	}, t0)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestReminderOfTheDueDate(t *testing.T) {
	soon := told{Type: order.DueSoon, At: h(96)}
	t.Run("a day before", func(t *testing.T) {
		o := due(t, 120)
		if !o.NextDeadline().Equal(h(96)) {
			t.Fatalf("wakes at %s", o.NextDeadline())
		}
		expect(t, &o, h(96).Add(-1))
		events := o.Advance(h(96), policy)
		if len(events) != 1 || events[0].By != order.Clock || !events[0].DueAt.Equal(h(120)) || events[0].Status != order.Active {
			t.Fatalf("%+v", events)
		}
		expect(t, &o, h(1_000))
	})
	t.Run("at its own moment after an outage", func(t *testing.T) {
		o := due(t, 120)
		expect(t, &o, h(119), soon)
	})
	t.Run("not once the due date has passed", func(t *testing.T) {
		o := due(t, 120)
		expect(t, &o, h(120))
		expect(t, &o, h(120))
		if !o.NextDeadline().IsZero() {
			t.Errorf("still waits for %s", o.NextDeadline())
		}
	})
	t.Run("not again when the clock is set back", func(t *testing.T) {
		o := due(t, 120)
		expect(t, &o, h(97), soon)
		do(t, &o, h(40), order.Deliver, order.Seller)
		do(t, &o, h(41), order.RequestChanges, order.Buyer)
		expect(t, &o, h(98))
	})
	t.Run("not when nothing is owed at its moment", func(t *testing.T) {
		o := due(t, 120)
		do(t, &o, h(95), order.Deliver, order.Seller)
		expect(t, &o, h(97))
		do(t, &o, h(98), order.RequestChanges, order.Buyer)
		expect(t, &o, h(119))
	})
	t.Run("in revision", func(t *testing.T) {
		o := due(t, 120)
		do(t, &o, h(10), order.Deliver, order.Seller)
		do(t, &o, h(20), order.RequestChanges, order.Buyer)
		expect(t, &o, h(97), soon)
	})
	t.Run("while a cancellation is proposed", func(t *testing.T) {
		o := due(t, 120)
		do(t, &o, h(90), order.ProposeCancellation, order.Buyer)
		expect(t, &o, h(97), soon)
	})
	t.Run("in the moment in which a proposal lapses", func(t *testing.T) {
		o := due(t, 136)
		do(t, &o, h(40), order.ProposeCancellation, order.Buyer)
		expect(t, &o, h(113), told{Type: order.CancellationLapsed, At: h(112)}, told{Type: order.DueSoon, At: h(112)})
	})
	t.Run("not of a cancelled order", func(t *testing.T) {
		o := due(t, 120)
		do(t, &o, h(90), order.ProposeCancellation, order.Buyer)
		do(t, &o, h(91), order.AgreeCancellation, order.Seller)
		expect(t, &o, h(97))
	})
	t.Run("moves with the due date", func(t *testing.T) {
		o := due(t, 120)
		expect(t, &o, h(97), soon)
		edit := func(at, hours int) {
			t.Helper()
			moved := h(hours)
			if _, err := o.Apply(order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{DueAt: &moved}}, h(at), policy); err != nil {
				t.Fatal(err)
			}
		}
		edit(98, 200)
		expect(t, &o, h(177), told{Type: order.DueSoon, At: h(176)})
		edit(178, 190) // in half a day: whoever says so knows
		expect(t, &o, h(189))
		edit(189, 90) // passed
		expect(t, &o, h(300))
	})
	for _, hours := range []int{24, 23, 1, -5} {
		o := due(t, hours)
		if !o.NextDeadline().IsZero() {
			t.Errorf("due %d h after it was placed: wakes at %s", hours, o.NextDeadline())
		}
		expect(t, &o, h(200))
	}
}

func TestReminderOfTheReviewsEnd(t *testing.T) {
	open := func(o *order.Order, at time.Time) { o.RecordView(order.View{Order: "o1", Delivery: 1, At: at}, policy) }
	delivered := func(t *testing.T) order.Order {
		o := due(t, 1)
		do(t, &o, t0, order.Deliver, order.Seller) // until h(72)
		return o
	}
	unopened := told{order.ReviewEndsSoon, h(48), true}
	opened := told{order.ReviewEndsSoon, h(48), false}
	completed := told{Type: order.OrderCompleted, At: h(72)}
	cleared := told{Type: order.PaymentCleared, At: h(72).Add(policy.ClearingPeriod)}

	t.Run("a day before, and that nobody has looked", func(t *testing.T) {
		o := delivered(t)
		expect(t, &o, h(48).Add(-1))
		events := o.Advance(h(48), policy)
		if len(events) != 1 || events[0].Delivery != 1 || !events[0].ReviewEndsAt.Equal(h(72)) || !events[0].Unopened {
			t.Fatalf("%+v", events)
		}
		expect(t, &o, h(71))
		expect(t, &o, h(72), completed)
	})
	t.Run("opened", func(t *testing.T) {
		o := delivered(t)
		open(&o, h(1))
		expect(t, &o, h(50), opened)
	})
	t.Run("a file downloaded by a program", func(t *testing.T) {
		o := delivered(t)
		o.RecordView(order.View{Order: "o1", Delivery: 1, File: "u1", At: h(1)}, policy)
		expect(t, &o, h(50), opened)
	})
	t.Run("the new delivery not opened", func(t *testing.T) {
		o := delivered(t)
		open(&o, h(1))
		do(t, &o, h(2), order.Deliver, order.Seller)
		expect(t, &o, h(51), told{order.ReviewEndsSoon, h(50), true})
	})
	t.Run("nothing is known of a delivery from before readings were recorded", func(t *testing.T) {
		o := delivered(t)
		o.Deliveries[0].Heading = order.Heading{}
		expect(t, &o, h(50), opened)
	})
	t.Run("not once the order has completed", func(t *testing.T) {
		o := delivered(t)
		expect(t, &o, h(72), completed)
		o = delivered(t)
		expect(t, &o, h(2_000), completed, cleared)
	})
	t.Run("again when the end moves, once for each", func(t *testing.T) {
		o := delivered(t)
		expect(t, &o, h(49), unopened)
		do(t, &o, h(50), order.ExtendReview, order.Buyer) // by two days
		expect(t, &o, h(96).Add(-1))
		expect(t, &o, h(97), told{order.ReviewEndsSoon, h(96), true})
		expect(t, &o, h(98))
		expect(t, &o, h(60))
		expect(t, &o, h(98))
	})
	t.Run("not while changes are worked on", func(t *testing.T) {
		o := delivered(t)
		do(t, &o, h(20), order.RequestChanges, order.Buyer)
		expect(t, &o, h(200))
	})
	t.Run("a proposal stops it, and its end says when the review ends", func(t *testing.T) {
		o := delivered(t)
		do(t, &o, h(40), order.ProposeCancellation, order.Buyer)
		expect(t, &o, h(90))
		do(t, &o, h(100), order.DeclineCancellation, order.Seller) // until h(124)
		expect(t, &o, h(123))
		expect(t, &o, h(124), told{Type: order.OrderCompleted, At: h(124)})
	})
	t.Run("a proposal that ends early changes nothing", func(t *testing.T) {
		o := delivered(t)
		do(t, &o, h(10), order.ProposeCancellation, order.Buyer)
		do(t, &o, h(11), order.WithdrawCancellation, order.Buyer)
		expect(t, &o, h(49), unopened)
	})
	t.Run("nor does a lapse that leaves a day come with a reminder", func(t *testing.T) {
		o := delivered(t)
		do(t, &o, h(40), order.ProposeCancellation, order.Buyer)
		expect(t, &o, h(113), told{Type: order.CancellationLapsed, At: h(112)})
		expect(t, &o, h(136), told{Type: order.OrderCompleted, At: h(136)})
	})
	t.Run("a lapse and all that follows in one outage", func(t *testing.T) {
		o := delivered(t)
		do(t, &o, h(40), order.ProposeCancellation, order.Buyer) // lapses at h(112)
		expect(t, &o, h(2_000), told{Type: order.CancellationLapsed, At: h(112)},
			told{Type: order.OrderCompleted, At: h(136)}, told{Type: order.PaymentCleared, At: h(136).Add(policy.ClearingPeriod)})
	})
	for _, period := range []time.Duration{time.Minute, 24 * time.Hour} {
		p := policy
		p.ReviewPeriod = period
		o := due(t, 1)
		if _, err := o.Apply(deliver(), t0, p); err != nil {
			t.Fatal(err)
		}
		if !o.NextDeadline().Equal(o.ReviewEndsAt) {
			t.Errorf("a review of %s: wakes at %s", period, o.NextDeadline())
		}
	}
}

func TestThePaymentClearsOnce(t *testing.T) {
	o := due(t, 1)
	do(t, &o, h(0), order.Deliver, order.Seller)
	do(t, &o, h(1), order.Accept, order.Buyer)
	at := h(1).Add(policy.ClearingPeriod)
	if !o.NextDeadline().Equal(at) {
		t.Fatalf("wakes at %s, want %s", o.NextDeadline(), at)
	}
	expect(t, &o, at.Add(-1))
	// The server was down; a shorter setting meanwhile changes nothing.
	p := policy
	p.ClearingPeriod = time.Hour
	events := o.Advance(at.Add(time.Hour), p)
	if len(events) != 1 || events[0].Type != order.PaymentCleared || !events[0].At.Equal(at) || events[0].Status != order.Completed {
		t.Fatalf("%+v", events)
	}
	for _, now := range []time.Time{at.Add(-time.Hour), at, at.Add(9_000 * time.Hour)} {
		expect(t, &o, now)
	}
	if !o.NextDeadline().IsZero() || o.Payment(at) != order.Cleared {
		t.Errorf("waits for %s, payment %s", o.NextDeadline(), o.Payment(at))
	}
}

func TestReadings(t *testing.T) {
	o := due(t, 1)
	do(t, &o, h(0), order.Deliver, order.Seller)
	before := o
	for _, tc := range []struct {
		name string
		r    order.View
		want order.EventType // "" for none
	}{
		{"the delivery", order.View{Delivery: 1}, order.DeliveryOpened},
		{"again", order.View{Delivery: 1}, ""},
		{"a file", order.View{Delivery: 1, File: "u1"}, order.FileDownloaded},
		{"again", order.View{Delivery: 1, File: "u1"}, ""},
		{"all files", order.View{Delivery: 1, File: order.Archive}, order.FileDownloaded},
		{"again", order.View{Delivery: 1, File: order.Archive}, ""},
		{"no such file", order.View{Delivery: 1, File: "u2"}, ""},
		{"no such delivery", order.View{Delivery: 2}, ""},
		{"no delivery", order.View{Delivery: 0}, ""},
		{"no delivery", order.View{Delivery: -1, File: "u1"}, ""},
	} {
		t.Run(tc.name+" "+tc.r.File, func(t *testing.T) {
			tc.r.Order, tc.r.At = o.ID, h(2)
			if isNew := tc.r.New(o); isNew != (tc.want != "") {
				t.Errorf("new: %t", isNew)
			}
			events := o.RecordView(tc.r, policy)
			if tc.want == "" {
				if len(events) > 0 {
					t.Errorf("%+v", events)
				}
				return
			}
			if len(events) != 1 || events[0].Type != tc.want || events[0].By != order.Buyer || events[0].File != tc.r.File ||
				events[0].Delivery != 1 || !events[0].At.Equal(h(2)) || !order.Quiet(events) {
				t.Errorf("%+v", events)
			}
		})
	}
	d := o.Deliveries[0]
	if !d.OpenedAt.Equal(h(2)) || !d.Files[0].DownloadedAt.Equal(h(2)) || !d.ArchiveDownloadedAt.Equal(h(2)) {
		t.Errorf("%+v", d)
	}
	if d := before.Deliveries[0]; !d.OpenedAt.IsZero() || !d.Files[0].DownloadedAt.IsZero() {
		t.Error("a copy of the order changed as well")
	}
}

func TestWhatTheBuyerHearsOf(t *testing.T) {
	for kind, want := range map[order.EventType]bool{
		order.DueSoon: false, order.ReviewEndsSoon: true, order.PaymentCleared: false, order.DeliveryOpened: false, order.FileDownloaded: false,
	} {
		if _, hears := (order.Event{Type: kind}).For(order.Buyer); hears != want {
			t.Errorf("%s: %t", kind, hears)
		}
		if _, hears := (order.Event{Type: kind}).For(order.Seller); !hears {
			t.Errorf("%s is kept from the seller", kind)
		}
	}
}

func TestTimeComesBeforeAReading(t *testing.T) {
	o := due(t, 1)
	do(t, &o, h(0), order.Deliver, order.Seller)
	got := tell(o.RecordView(order.View{Order: o.ID, Delivery: 1, At: h(80)}, policy))
	want := []told{{Type: order.OrderCompleted, At: h(72)}, {Type: order.DeliveryOpened, At: h(80)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
