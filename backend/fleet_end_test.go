package backend_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/order"
)

// hookBook receives webhooks and notes what it was told.
type hookBook struct {
	*testing.T
	url  string
	came chan struct{} // one more did

	mu     sync.Mutex
	told   map[string]api.Notice // by the ID of the message
	events []order.Event         // each once, as they came
	twice  int
}

func newHookBook(t *testing.T) *hookBook {
	t.Helper()
	b := &hookBook{T: t, came: make(chan struct{}, 1), told: map[string]api.Notice{}}
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var n api.Notice
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			return // it was cut short, and comes again
		}
		b.note(r.Header.Get("webhook-id"), n)
		select {
		case b.came <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(web.Close)
	b.url = web.URL
	return b
}

// note demands that what comes again says the same. The order in it is as it is
// when it is sent.
func (b *hookBook) note(id string, n api.Notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n.Data.Order = api.Order{ID: n.Data.Order.ID}
	if before, known := b.told[id]; known {
		b.twice++
		if diff := cmp.Diff(before, n); diff != "" {
			b.Errorf("message %s came twice, and differs: %s", id, diff)
		}
		return
	}
	b.told[id] = n
	b.events = append(b.events, n.Data.Event)
}

// all waits until the receiver was told of so many events.
func (b *hookBook) all(n int) []order.Event {
	b.Helper()
	const lease = 30 * time.Second // of a node that was killed while it sent
	for late := time.After(lease + tooLong); ; {
		b.mu.Lock()
		events := b.events
		b.mu.Unlock()
		if len(events) >= n {
			return events
		}
		select {
		case <-b.came:
		case <-late:
			b.Fatalf("%d messages for %d events", len(events), n)
		}
	}
}

// verify holds what is there against what was done.
func (f *fleet) verify() {
	var log []order.Event
	var bytes int64
	for _, l := range f.lives {
		log = append(log, f.verifyLife(l)...)
		for _, file := range l.files {
			bytes += file.Size
		}
	}
	f.verifyHooks(log)
	want := fmt.Sprintf("%d orders, %d deliveries, %d files, %d bytes, 0 problems", len(f.lives), f.deliveries(), f.deliveries(), bytes)
	for i, n := range f.nodes {
		if left := n.run("", "webhook", "list"); strings.Contains(left, "order.") {
			f.Errorf("node %d would still send %s", i, left)
		}
	}
	if said := f.nodes[0].run("", "check"); strings.TrimSpace(said) != want {
		f.Errorf("the check while all run: %s, want %s", said, want)
	}
	for _, n := range f.nodes {
		n.stop()
	}
	if said := f.nodes[1].run("", "check"); strings.TrimSpace(said) != want {
		f.Errorf("the check when none runs: %s, want %s", said, want)
	}
	f.nothingIsLeft()
}

// verifyLife waits for the end of an order, and returns its history. An order is
// shown as completed from its deadline on; that is history a moment later.
func (f *fleet) verifyLife(l *fleetLife) []order.Event {
	f.Helper()
	var page api.EventPage
	var err error
	for late := time.After(fleetReview + tooLong); ; {
		if page, err = l.seller.eva.History(f.Context(), l.order.ID, 0, 500); err != nil {
			f.Fatal(err)
		}
		if n := len(page.Events); n > 0 && page.Events[n-1].Type == order.OrderCompleted {
			break
		}
		select {
		case <-late:
			f.Fatalf("%s does not end: %+v", l.order.Title, page.Events)
		case <-time.After(20 * time.Millisecond): // a node is on the other side
		}
	}
	o, err := l.seller.eva.Order(f.Context(), l.order.ID)
	if err != nil || o.Status != order.Completed {
		f.Fatalf("%s is %s, %v", l.order.Title, o.Status, err)
	}
	f.verifyHistory(l, page.Events)
	if len(o.Deliveries) != len(l.files) {
		f.Errorf("%s has %d deliveries of %d", o.Title, len(o.Deliveries), len(l.files))
		return page.Events
	}
	for i, want := range l.files {
		f.verifyDelivery(l, o.Deliveries[i], want)
	}
	return page.Events
}

// verifyHistory demands that all happened once: the order is placed, then
// delivered as often as it was, with a request for changes between, and ends by
// the buyer or at the very deadline.
func (f *fleet) verifyHistory(l *fleetLife, events []order.Event) {
	f.Helper()
	want := []string{string(order.OrderPlaced)}
	for i := range l.files {
		if i > 0 {
			want = append(want, string(order.ChangesRequested))
		}
		want = append(want, fmt.Sprint(order.WorkDelivered, " ", i+1))
	}
	want = append(want, string(order.OrderCompleted))
	var got []string
	var ends time.Time
	for _, e := range events {
		switch e.Type {
		case order.ReviewEndsSoon, order.DueSoon:
			continue // reminders
		case order.WorkDelivered:
			got = append(got, fmt.Sprint(e.Type, " ", e.Delivery))
			ends = e.At.Add(fleetReview)
			continue
		case order.OrderCompleted:
			if e.By == order.Clock && !e.At.Equal(ends) || e.By == order.Buyer && !e.At.Before(ends) || l.accepted && e.By != order.Buyer {
				f.Errorf("%s was completed by the %s at %s; its review ends at %s, accepted: %v", l.order.Title, e.By, e.At, ends, l.accepted)
			}
		}
		got = append(got, string(e.Type))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("the history of %s: %s", l.order.Title, diff)
	}
}

// verifyDelivery downloads what was delivered, through any node.
func (f *fleet) verifyDelivery(l *fleetLife, d api.Delivery, want order.File) {
	f.Helper()
	if len(d.Files) != 1 || d.Files[0].Path != want.Path || d.Files[0].Size != want.Size || d.Files[0].SHA256 != want.SHA256 {
		f.Errorf("%s, delivery %d has %+v, want %+v", l.order.Title, d.Number, d.Files, want)
		return
	}
	sum := sha256.New()
	if err := l.seller.eva.Download(f.Context(), l.order.ID, d.Number, d.Files[0].ID, sum); err != nil {
		f.Errorf("download %s: %v", want.Path, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want.SHA256 {
		f.Errorf("%s arrived as other bytes", want.Path)
	}
}

// verifyHooks demands that every event was told of, and those of one order in
// the order in which they happened.
func (f *fleet) verifyHooks(log []order.Event) {
	f.Helper()
	happened, last := map[uint64]order.Event{}, map[string]uint64{}
	for _, e := range log {
		happened[e.Seq] = e
	}
	for _, told := range f.hooks.all(len(log)) {
		if diff := cmp.Diff(happened[told.Seq], told); diff != "" {
			f.Errorf("the receiver was told of an event otherwise than the history: %s", diff)
		}
		if told.Seq <= last[told.Order] {
			f.Errorf("event %d of order %s was told after %d", told.Seq, told.Order, last[told.Order])
		}
		last[told.Order] = told.Seq
		delete(happened, told.Seq)
	}
	for _, e := range happened {
		f.Errorf("nobody was told of %+v", e)
	}
	f.Logf("%d events, %d messages came twice", len(log), f.hooks.twice)
}

// nothingIsLeft demands that no process of the programs runs, and that no node
// keeps what it had in hand.
func (f *fleet) nothingIsLeft() {
	f.Helper()
	running, err := exec.CommandContext(f.Context(), "ps", "-A", "-o", "pid=,args=").Output()
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(running)) {
		if strings.Contains(line, f.client+" ") || strings.Contains(line, f.nodes[0].program+" ") {
			f.Errorf("a process is left: %s", line)
		}
	}
	for _, n := range f.nodes {
		if left, err := os.ReadDir(filepath.Join(n.data, "tmp")); err != nil || len(left) > 0 {
			f.Errorf("on the disk of a node: %v, %v", left, err)
		}
	}
}
