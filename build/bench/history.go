package main

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"handover/backend/order"
)

// A batch has batchOrders orders with eventsPerOrder events each on average, so that
// every batch knows its position in the log.
const (
	batchOrders    = 1_000
	eventsPerOrder = 5
)

// batch is a part of a marketplace's history: orders, their events in sequence, and
// the delivered files.
type batch struct {
	orders  []order.Order
	events  []order.Event
	entries []order.Entry
	uploads []order.Upload
}

// past generates histories with the rules of package order.
type past struct {
	rng     *rand.Rand
	now     time.Time
	policy  order.Policy
	sellers []string
}

// story is an order during the generation of its history.
type story struct {
	order.Order
	events []order.Event
}

// batch generates the batch with the number. The orders of the last sixth are from
// the last weeks and open.
func (p *past) batch(number, of int) (batch, error) {
	var b batch
	runs, happened := make([]story, batchOrders), 0
	for i := range runs {
		n := number*batchOrders + i
		for { // until no deadline falls into the measurement
			var err error
			if runs[i], err = p.life(n, of*batchOrders); err != nil {
				return b, fmt.Errorf("order %d: %w", n, err)
			}
			if due := runs[i].NextDeadline(); due.IsZero() || due.After(p.now.Add(6*time.Hour)) {
				break
			}
		}
		happened += len(runs[i].events)
	}
	for happened < batchOrders*eventsPerOrder {
		r := &runs[p.rng.IntN(batchOrders)]
		if r.Status == order.Cancelled {
			continue // no messages there
		}
		if err := p.message(r); err != nil {
			return b, err
		}
		happened++
	}
	byID := map[string]*order.Order{}
	for i := range runs {
		b.orders = append(b.orders, runs[i].Order)
		b.events = append(b.events, runs[i].events...)
		byID[runs[i].ID] = &runs[i].Order
		b.uploads = append(b.uploads, uploadsOf(runs[i].Order)...)
	}
	if len(b.events) != batchOrders*eventsPerOrder {
		return b, fmt.Errorf("batch %d has %d events", number, len(b.events))
	}
	slices.SortStableFunc(b.events, func(a, b order.Event) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	for i := range b.events {
		b.events[i].Seq = uint64(number*batchOrders*eventsPerOrder + i + 1)
		if e, moved := byID[b.events[i].Order].Entry(b.events[i]); moved {
			b.entries = append(b.entries, e)
		}
	}
	return b, nil
}

// do applies an action of a party, and counts versions as the store does.
func (r *story) do(c order.Command, at time.Time, p order.Policy) error {
	events, err := r.Apply(c, at, p)
	r.took(events)
	return err
}

func (r *story) took(events []order.Event) {
	if len(events) > 0 && !order.Quiet(events) {
		r.Version++
	}
	r.events = append(r.events, events...)
}

// life is the history of order n.
func (p *past) life(n, of int) (story, error) {
	const open = 6 // every sixth order is from the last weeks
	placed := p.now.Add(-30*24*time.Hour - 3*365*24*time.Hour*time.Duration(of-n)/time.Duration(of))
	due := placed.Add(time.Duration(12+p.rng.IntN(20)) * 24 * time.Hour)
	fate := "cleared"
	if n >= of-of/open {
		fate = []string{"active", "late", "delivered", "in_revision", "clearing", "clearing"}[p.rng.IntN(6)]
		placed = p.now.Add(-time.Duration(60+p.rng.IntN(24*9)) * time.Hour)
		due = placed.Add(time.Duration(12+p.rng.IntN(20)) * 24 * time.Hour)
	} else if p.rng.IntN(40) == 0 {
		fate = "cancelled"
	}
	if fate == "late" {
		due = placed.Add(48 * time.Hour)
	}
	r, err := p.place(n, placed, due)
	if err != nil {
		return r, err
	}
	if fate == "active" || fate == "late" {
		r.took(r.Advance(p.now, p.policy))
		return r, nil
	}
	act := func(after time.Duration, c order.Command) {
		if err == nil {
			err = r.do(c, placed.Add(after), p.policy)
		}
	}
	if fate == "cancelled" {
		act(time.Hour, order.Command{Action: order.ProposeCancellation, By: order.Buyer, Message: p.prose(80)})
		act(2*time.Hour, order.Command{Action: order.AgreeCancellation, By: order.Seller})
		return r, err
	}
	delivered := 30 * time.Hour
	if fate == "delivered" {
		delivered = p.now.Sub(placed) - time.Duration(1+p.rng.IntN(40))*time.Hour
	}
	act(delivered, order.Command{Action: order.Deliver, By: order.Seller, Work: p.work()})
	if p.rng.IntN(2) == 0 {
		r.took(r.RecordView(order.View{Order: r.ID, Delivery: 1, At: placed.Add(delivered + 30*time.Minute)}, p.policy))
	}
	switch {
	case fate == "delivered":
	case fate == "in_revision":
		act(delivered+time.Hour, order.Command{Action: order.RequestChanges, By: order.Buyer, Message: p.prose(200)})
	case fate == "clearing" || p.rng.IntN(3) > 0:
		act(delivered+2*time.Hour, order.Command{Action: order.Accept, By: order.Buyer})
	}
	r.took(r.Advance(p.now, p.policy))
	return r, err
}

// place generates an order. Its ID has the length of the server's IDs.
func (p *past) place(n int, at, due time.Time) (story, error) {
	what := []string{"Wedding film", "Logo", "Podcast, mixed", "Translation of the annual report", "Photos of the new house", "Website, three pages"}[p.rng.IntN(6)]
	who := fmt.Sprintf("%s %s", []string{"Kim", "Bea", "Jürgen", "Zoë", "Ahmed"}[p.rng.IntN(5)], []string{"Weber", "O'Neill", "Şahin", "Lindqvist"}[p.rng.IntN(4)])
	o, placed, err := order.Place(order.Order{
		ID: fmt.Sprintf("%04x%06d", p.rng.IntN(1<<16), n), SellerID: p.sellers[n%len(p.sellers)], Title: fmt.Sprintf("%s, no. %d", what, n),
		Buyer: order.Contact{Name: who, Email: fmt.Sprintf("client%d@example.org", n/3)},
		Price: order.Money{Hundredths: int64(20_00 + p.rng.IntN(2000_00)), Currency: "EUR"}, DueAt: due,
		Notes: p.prose(p.rng.IntN(120)),
	}, at)
	o.ReviewGeneration, o.ReviewHash = 1, p.hex(32)
	r := story{Order: o}
	r.took([]order.Event{placed})
	return r, err
}

// message writes a message after all other events.
func (p *past) message(r *story) error {
	last := r.events[len(r.events)-1].At
	return r.do(order.Command{Action: order.WriteMessage, By: order.Buyer, Message: p.prose(160)}, last.Add(time.Minute), p.policy)
}

func (p *past) work() order.Work {
	w := order.Work{Description: p.prose(400), Seller: "The seller", Server: "https://handover.example.org"}
	for i := range 1 + p.rng.IntN(2) {
		w.Files = append(w.Files, order.File{
			ID: p.id(), Path: fmt.Sprintf("final/take %d of the film.mov", i+1), Size: int64(p.rng.IntN(900 << 20)), SHA256: p.hex(32), Type: "video/quicktime",
		})
	}
	return w
}

func uploadsOf(o order.Order) (uploads []order.Upload) {
	for _, d := range o.Deliveries {
		for _, f := range d.Files {
			uploads = append(uploads, order.Upload{
				ID: f.ID, SellerID: o.SellerID, OrderID: o.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256, Type: f.Type,
				FinishedAt: d.DeliveredAt, DeliveredIn: d.Number,
			})
		}
	}
	return uploads
}

// id returns an ID like those of uploads.
func (p *past) id() string {
	raw := make([]byte, 26)
	for i := range raw {
		raw[i] = "abcdefghijklmnopqrstuvwxyz234567"[p.rng.IntN(32)]
	}
	return string(raw)
}

func (p *past) hex(n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(p.rng.Uint32())
	}
	return hex.EncodeToString(raw)
}

// prose returns a text of about this many characters.
func (p *past) prose(n int) string {
	words := []string{"here", "is", "the", "second", "version", "with", "a", "longer", "opening", "and", "colours", "as", "you", "asked", "schöner", "Ton"}
	var text strings.Builder
	for text.Len() < n {
		text.WriteString(words[p.rng.IntN(len(words))])
		text.WriteByte(' ')
	}
	return strings.TrimSpace(text.String())
}
