package backend_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"handover/backend/api"
	"handover/backend/order"
)

// anyAction is one of the actions that happen to an order but deliver, by either
// party, with good and bad content.
func (w *world) anyAction() attempt {
	l := w.any()
	c := order.Command{
		Action:  rapid.SampledFrom(slices.DeleteFunc(order.Actions()[1:], func(a order.Action) bool { return a == order.WriteComment })).Draw(w.T, "action"),
		By:      rapid.SampledFrom([]order.Party{order.Seller, order.Buyer}).Draw(w.T, "by"),
		Message: rapid.SampledFrom([]string{"longer, please", "ä\u0000\"</x>", "", " ", strings.Repeat("ü", order.MaxMessage), strings.Repeat("ü", order.MaxMessage+1)}).Draw(w.T, "message"),
		Days:    rapid.IntRange(-1, 8).Draw(w.T, "days"),
	}
	r := request{method: "POST", as: l.token(c.By)}
	body := any(nil)
	switch c.Action {
	case order.Accept:
		r.path = l.path("/accept")
	case order.RequestChanges:
		r.path, body = l.path("/changes"), api.Message{Message: c.Message}
	case order.ExtendReview:
		r.path, body = l.path("/extension"), api.Extension{Days: c.Days}
	case order.ProposeCancellation:
		r.path, body = l.path("/cancellation"), api.Message{Message: c.Message}
	case order.WithdrawCancellation:
		r.path = l.path("/cancellation/withdraw")
	case order.AgreeCancellation:
		r.path = l.path("/cancellation/agree")
	case order.DeclineCancellation:
		r.path = l.path("/cancellation/decline")
	case order.WriteMessage:
		r.path, body = l.path("/messages"), api.Message{Message: c.Message}
	case order.ChangeOrder:
		c.Edit = w.edit()
		r.method, r.path, body = "PATCH", l.path(""), api.OrderEdit(c.Edit)
	}
	if body != nil {
		raw, _ := json.Marshal(body)
		r.body = string(raw)
	}
	t := attempt{request: r, on: l, by: c.By, do: w.rule(c)}
	if c.Action == order.ChangeOrder {
		t = forSellers(t)
	}
	return w.barred(t)
}

func (w *world) edit() (e order.Edit) {
	title := rapid.SampledFrom([]string{"Film", "Other", "  Ünïcode\U0001F600 ", " ", "two\nlines"}).Draw(w.T, "title")
	due, notes := w.soon(), rapid.SampledFrom([]string{"private", "", "more"}).Draw(w.T, "notes")
	e.Title = rapid.SampledFrom([]*string{nil, &title}).Draw(w.T, "edit title")
	e.DueAt = rapid.SampledFrom([]*time.Time{nil, &due}).Draw(w.T, "edit due")
	e.Notes = rapid.SampledFrom([]*string{nil, &notes}).Draw(w.T, "edit notes")
	return e
}

func refusing(code order.Code) func() (bool, error) {
	return func() (bool, error) { return false, &order.Error{Code: code} }
}

// forSellers is the attempt on a route that is not for buyers.
func forSellers(t attempt) attempt {
	if t.by == order.Buyer {
		t.first = refusing(order.Forbidden)
	}
	return t
}

// barred is the attempt by whom a revoked link keeps out.
func (w *world) barred(t attempt) attempt {
	if t.by == order.Buyer && t.on.ReviewRevoked {
		t.first = refusing(order.Unauthenticated)
	}
	return t
}

func (w *world) act() { w.perform(w.conditional(w.anyAction())) }

// conditional sends the version that the asker knows, or an old one. Only now
// and then: what the server does under a new clock changes the version.
func (w *world) conditional(t attempt) attempt {
	match := rapid.SampledFrom([]string{"", "", "", "*", "known", "old"}).Draw(w.T, "If-Match")
	if match == "" {
		return t
	}
	w.await()
	if t.on.NextDeadline().IsZero() || t.on.NextDeadline().After(w.now) {
		return w.versioned(t, match)
	}
	return t
}

func (w *world) versioned(t attempt, match string) attempt {
	r := request{method: "GET", path: t.on.path(""), as: t.on.seller.token}
	var now api.Order
	w.decode(r, w.must(r), &now)
	tag := match
	switch match {
	case "known":
		tag = fmt.Sprintf(`"v%d"`, now.Version)
	case "old":
		tag, t.stale = fmt.Sprintf(`W/"v%d-late"`, now.Version-1), now.Version
	}
	t.header = append(slices.Clip(t.header), "If-Match", tag)
	return t
}

// look opens the order as one of its parties.
func (w *world) look() {
	l := w.any()
	by := rapid.SampledFrom([]order.Party{order.Seller, order.Buyer, order.Buyer}).Draw(w.T, "by")
	w.await()
	t := w.barred(attempt{
		request: request{method: "GET", path: l.path(""), as: l.token(by)}, on: l, by: by,
		do: func(*order.Order) ([]order.Event, error) { return nil, nil },
	})
	w.perform(t)
	if by == order.Buyer && !l.ReviewRevoked {
		w.note(l, len(l.Deliveries), "")
	}
}

// note is what the server writes down after an answer.
func (w *world) note(l *lived, delivery int, file string) {
	r := order.View{Order: l.ID, Delivery: delivery, File: file, At: w.now}
	if o := l.copied(); r.New(o) {
		l.log, l.Order = append(l.log, o.RecordView(r, w.policy)...), o
	}
	w.await()
}

// download fetches a file of a delivery, or all of them.
func (w *world) download() {
	l := w.any()
	if len(l.Deliveries) == 0 {
		return
	}
	d := rapid.SampledFrom(l.Deliveries).Draw(w.T, "delivery")
	if len(d.Files) == 0 {
		return
	}
	by := rapid.SampledFrom([]order.Party{order.Seller, order.Buyer}).Draw(w.T, "by")
	f := rapid.SampledFrom(d.Files).Draw(w.T, "file")
	path, file := fmt.Sprintf("/deliveries/%d/files/%s", d.Number, f.ID), f.ID
	if rapid.Bool().Draw(w.T, "as a zip") {
		path, file = fmt.Sprintf("/deliveries/%d/archive.zip", d.Number), order.Archive
	}
	a := w.must(request{method: "GET", path: l.path(path), as: l.token(by)})
	switch barred := by == order.Buyer && l.ReviewRevoked; {
	case barred && a.status == http.StatusUnauthorized:
	case barred || a.status != http.StatusOK:
		w.Fatalf("download by %s: %d", by, a.status)
	case file == f.ID && fmt.Sprintf("%x", sha256.Sum256(a.raw)) != f.SHA256:
		w.Fatalf("%s arrived with other bytes", f.Path)
	case by == order.Buyer:
		w.note(l, d.Number, file)
	}
}

// link renews or revokes the buyer's link, or shows it.
func (w *world) link() {
	l := w.any()
	by := rapid.SampledFrom([]order.Party{order.Seller, order.Seller, order.Buyer}).Draw(w.T, "by")
	t := attempt{request: request{path: l.path("/review-link"), as: l.token(by)}, on: l, by: by}
	t.method = rapid.SampledFrom([]string{"GET", "POST", "DELETE"}).Draw(w.T, "method")
	t.do = func(o *order.Order) ([]order.Event, error) {
		switch t.method {
		case "POST":
			return o.RenewReviewLink(func(int) string { return "" }, w.now, w.policy), nil
		case "DELETE":
			return o.RevokeReviewLink(w.now, w.policy), nil
		}
		return nil, nil
	}
	w.perform(w.barred(forSellers(t)))
}

func (w *world) renew(l *lived) {
	w.perform(attempt{
		request: request{method: "POST", path: l.path("/review-link"), as: l.seller.token}, on: l, by: order.Seller,
		do: func(o *order.Order) ([]order.Event, error) {
			return o.RenewReviewLink(func(int) string { return "" }, w.now, w.policy), nil
		},
	})
}

// oldLink comes with a link that was renewed since.
func (w *world) oldLink() {
	l := w.any()
	old := l.buyer
	w.renew(l)
	w.perform(attempt{
		request: request{method: "POST", path: l.path("/accept"), as: old}, on: l, by: order.Buyer,
		first: refusing(order.Unauthenticated),
	})
}

// stranger is somebody who acts on the order of others.
func (w *world) stranger() {
	l := w.any()
	other := w.any()
	token := other.buyer
	if rapid.Bool().Draw(w.T, "a seller") {
		token = w.house.sellers[0].token
		if l.seller.token == token {
			token = w.house.sellers[1].token
		}
	} else if other == l || other.ReviewRevoked {
		return
	}
	r := rapid.SampledFrom([]request{
		{method: "GET", path: l.path("")}, {method: "POST", path: l.path("/accept")}, {method: "POST", path: l.path("/messages"), body: `{"message":"x"}`},
		{method: "GET", path: l.path("/events")}, {method: "POST", path: l.path("/cancellation/agree")},
	}).Draw(w.T, "route")
	r.as = token
	w.perform(attempt{request: r, on: l, first: refusing(order.NotFound)})
}
