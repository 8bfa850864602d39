package backend_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

const day = 24 * time.Hour

// TestTransitions walks the table of what may happen to an order, row by row.
func TestTransitions(t *testing.T) {
	s := newSite(t)
	period := order.DefaultPolicy().ReviewPeriod
	start := s.clock.Now() // and it stands still
	for _, test := range []struct {
		name, on, by, path, body string
		want                     order.Status
		check                    func(o api.Order) bool
	}{
		{"deliver an active order", active, "seller", deliverRoute, goodDelivery, order.Delivered, func(o api.Order) bool {
			return len(o.Deliveries) == 1 && o.Deliveries[0].Number == 1 && o.ReviewEndsAt.Equal(start.Add(period))
		}},
		{"deliver revised work", inRevision, "seller", deliverRoute, goodDelivery, order.Delivered, func(o api.Order) bool {
			return len(o.Deliveries) == 2 && o.Deliveries[1].Number == 2 && o.ReviewEndsAt.Equal(start.Add(period)) && o.ChangeRequest == nil
		}},
		{"deliver while the buyer reviews", delivered, "seller", deliverRoute, goodDelivery, order.Delivered, func(o api.Order) bool {
			return len(o.Deliveries) == 2 && o.ReviewEndsAt.Equal(start.Add(period))
		}},
		{"accept", delivered, "buyer", "/accept", "", order.Completed, func(o api.Order) bool {
			return o.CompletedBy == order.ByBuyer && o.CompletedAt.Equal(start) && o.ReviewEndsAt == nil &&
				o.Payment.Status == order.Clearing && o.Payment.ClearsAt.Equal(start.Add(14*day))
		}},
		{"ask for changes", delivered, "buyer", "/changes", `{"message":"longer"}`, order.InRevision, func(o api.Order) bool {
			return o.ReviewEndsAt == nil && o.ChangeRequest.Message == "longer" && o.ChangeRequest.Delivery == 1
		}},
		{"extend the review", delivered, "buyer", "/extension", `{"days":7}`, order.Delivered, func(o api.Order) bool {
			return o.ReviewEndsAt.Equal(start.Add(period+7*day)) && o.ExtensionDaysLeft == 7
		}},
		{"propose to cancel an active order", active, "buyer", "/cancellation", `{"message":"sorry"}`, order.Active, func(o api.Order) bool {
			return o.Cancellation.ProposedBy == order.Buyer && o.Cancellation.LapsesAt.Equal(start.Add(72*time.Hour)) && o.Cancellation.Message == "sorry"
		}},
		{"propose to cancel a delivered order", delivered, "seller", "/cancellation", `{}`, order.Delivered, func(o api.Order) bool {
			return o.Cancellation.ProposedBy == order.Seller
		}},
		{"propose to cancel in revision", inRevision, "seller", "/cancellation", `{}`, order.InRevision, func(o api.Order) bool {
			return o.Cancellation != nil && o.ChangeRequest != nil
		}},
		{"agree to cancel", sellerProposed, "buyer", "/cancellation/agree", "", order.Cancelled, func(o api.Order) bool {
			return o.CancelledAt.Equal(start) && o.Cancellation == nil && o.Payment.Status == order.Void
		}},
		{"agree to cancel what is delivered", buyerProposed, "seller", "/cancellation/agree", "", order.Cancelled, func(o api.Order) bool {
			return o.ReviewEndsAt == nil && len(o.Deliveries) == 1
		}},
		{"decline to cancel", buyerProposed, "seller", "/cancellation/decline", "", order.Delivered, func(o api.Order) bool {
			return o.Cancellation == nil && o.ReviewEndsAt.Equal(start.Add(period))
		}},
		{"withdraw the proposal", sellerProposed, "seller", "/cancellation/withdraw", "", order.Active, func(o api.Order) bool {
			return o.Cancellation == nil
		}},
		{"write a message", completed, "seller", "/messages", `{"message":"thanks"}`, order.Completed, func(api.Order) bool { return true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			on := *s
			on.T = t
			p := on.order(test.on)
			before := on.look(p)
			as := map[string]string{"seller": on.eva, "buyer": p.buyer}[test.by]
			o := into[api.Order](&on, on.send(request{
				method: "POST", path: p.path(test.path), as: as, body: test.body, header: []string{idempotencyField, "second " + p.id},
			}))
			if o.Status != test.want || !test.check(o) || o.Version != before.Version+1 {
				t.Errorf("the order is %+v", o)
			}
			if seen := on.look(p); seen.Status != o.Status || seen.Version != o.Version {
				t.Errorf("asked again it is %s in version %d, and was %s in %d", seen.Status, seen.Version, o.Status, o.Version)
			}
		})
	}
}

// The wrong side of a proposal can neither agree nor decline, nor the other
// withdraw it.
func TestSidesOfAProposal(t *testing.T) {
	s := newSite(t)
	for _, state := range []string{sellerProposed, buyerProposed} {
		p := s.order(state)
		proposer, asked := s.eva, p.buyer
		if state == buyerProposed {
			proposer, asked = asked, proposer
		}
		for path, as := range map[string]string{"agree": proposer, "decline": proposer, "withdraw": asked} {
			s.send(request{method: "POST", path: p.path("/cancellation/" + path), as: as}).refused(t, http.StatusConflict, order.Conflict)
		}
	}
}

// The last row of the table: nobody answers, and time completes the order at
// its deadline, whoever asks first afterwards.
func TestTimeCompletes(t *testing.T) {
	s := newSite(t)
	end := s.clock.Now().Add(order.DefaultPolicy().ReviewPeriod)
	asked, tooLate, accepted, proposed := s.order(delivered), s.order(delivered), s.order(delivered), s.order(buyerProposed)
	s.clock.pass(72*time.Hour - time.Second)
	if o := s.look(asked); o.Status != order.Delivered {
		t.Errorf("a second before its deadline the order is %s", o.Status)
	}
	into[api.Order](s, s.send(request{method: "POST", path: accepted.path("/accept"), as: accepted.buyer}))
	s.clock.pass(24 * time.Hour)
	for name, o := range map[string]api.Order{"the buyer": s.look(asked), "the seller": s.seen(asked)} {
		if o.Status != order.Completed || !o.CompletedAt.Equal(end) || o.CompletedBy != order.ByReviewPeriod || !o.Payment.ClearsAt.Equal(end.Add(14*day)) {
			t.Errorf("%s sees %+v", name, o)
		}
	}
	a := s.send(request{method: "POST", path: tooLate.path("/changes"), as: tooLate.buyer, body: `{"message":"longer"}`})
	a.refused(t, http.StatusConflict, order.Conflict)
	if want := []order.Action{order.WriteMessage}; !slices.Equal(a.problem.Allowed, want) {
		t.Errorf("the refusal allows %v, want %v", a.problem.Allowed, want)
	}
	if o := s.look(tooLate); o.Status != order.Completed || !o.CompletedAt.Equal(end) {
		t.Errorf("after an action that was too late: %+v", o)
	}
	if o := s.look(accepted); o.CompletedBy != order.ByBuyer || !o.CompletedAt.Equal(end.Add(-time.Second)) {
		t.Errorf("accepted in the last second: %+v", o)
	}
	// The proposal lapsed at the same moment, and left a day.
	if o := s.look(proposed); o.Status != order.Delivered || o.Cancellation != nil || !o.ReviewEndsAt.Equal(end.Add(day)) {
		t.Errorf("with a proposal that lapsed: %+v", o)
	}
}

// seen returns the order as its seller sees it.
func (s *site) seen(p placed) api.Order {
	s.Helper()
	return into[api.Order](s, s.send(request{method: "GET", path: p.path(""), as: s.eva}))
}

func TestDeliverIsIdempotent(t *testing.T) {
	s := newSite(t)
	p := s.order(active)
	p.file = s.upload(s.eva, p.id, deliveredPath, content)
	first := s.deliver(s.eva, p)
	again := s.deliver(s.eva, p)
	if len(again.Deliveries) != 1 || again.Version != first.Version {
		t.Errorf("delivered again under the same key there are %d deliveries in version %d", len(again.Deliveries), again.Version)
	}
	request := request{method: "POST", path: p.path(deliverRoute), as: s.eva, body: goodDelivery, header: []string{idempotencyField, "first " + p.id}}
	s.send(request).refused(t, http.StatusConflict, order.Exists)
	for name, header := range map[string][]string{"no key": nil, "a huge key": {idempotencyField, strings.Repeat("k", 201)}} {
		request.header = header
		if a := s.send(request); a.StatusCode != http.StatusUnprocessableEntity || a.problem.Field != idempotencyField {
			t.Errorf("%s is answered with %s %s", name, a.Status, a.raw)
		}
	}
}

// A retry after the review's end gets the order as time has left it.
func TestDeliverAgainAfterTheDeadline(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	s.clock.pass(100 * time.Hour)
	if o := s.deliver(s.eva, p); o.Status != order.Completed || o.ReviewEndsAt != nil || len(o.Deliveries) != 1 {
		t.Errorf("the retry is answered with %+v", o)
	}
}

// A delivery names only what the seller uploaded for this order, as it is.
func TestDeliverOnlyWhatArrived(t *testing.T) {
	s := newSite(t)
	p, elsewhere := s.order(active), s.order(active)
	others := s.orderOf(s.otto, active)
	right := s.upload(s.eva, p.id, "a.txt", content)
	size, sum, path := right, right, right
	size.Size++
	sum.SHA256 = "00" + sum.SHA256[2:]
	path.Path = "../a.txt"
	for name, test := range map[string]struct {
		file   order.File
		status int
		code   order.Code
	}{
		"another size":            {size, http.StatusConflict, order.UploadMissing},
		"another digest":          {sum, http.StatusConflict, order.UploadMissing},
		"a path that leads away":  {path, http.StatusUnprocessableEntity, order.Invalid},
		"another order's upload":  {s.upload(s.eva, elsewhere.id, "a.txt", content), http.StatusConflict, order.UploadMissing},
		"another seller's upload": {s.upload(s.otto, others.id, "a.txt", content), http.StatusConflict, order.UploadMissing},
	} {
		t.Run(name, func(t *testing.T) {
			s.send(request{
				method: "POST", path: p.path(deliverRoute), as: s.eva, body: delivery(test.file), header: []string{idempotencyField, name},
			}).refused(t, test.status, test.code)
		})
	}
	a := s.send(request{
		method: "POST", path: p.path(deliverRoute), as: s.eva, body: delivery(right, right), header: []string{idempotencyField, "twice"},
	})
	a.refused(t, http.StatusUnprocessableEntity, order.Invalid)
	if o := s.look(p); o.Status != order.Active || len(o.Deliveries) != 0 {
		t.Errorf("after the refusals the order is %+v", o)
	}
}

// Of everything that would end a review at once, exactly one thing happens.
func TestActionsAtOnce(t *testing.T) {
	s := newSite(t)
	for range 5 {
		p := s.order(delivered)
		var group sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			group.Go(func() {
				r := request{method: "POST", path: p.path("/accept"), as: p.buyer}
				if i%2 == 1 {
					r.path, r.body = p.path("/changes"), `{"message":"longer"}`
				}
				statuses[i] = s.send(r).StatusCode
			})
		}
		group.Wait()
		slices.Sort(statuses)
		if want := []int{200, 409, 409, 409, 409, 409, 409, 409}; !slices.Equal(statuses, want) {
			t.Errorf("the answers are %v, want %v", statuses, want)
		}
	}
}
