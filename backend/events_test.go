package backend_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// tooLong ends a test that waits for an event that never comes.
const tooLong = 30 * time.Second

// feed is a stream of events that is open.
type feed struct {
	*site
	lines *bufio.Scanner
	end   func()
}

// message is one server-sent event.
type message struct {
	id, kind string
	event    order.Event
}

func (s *site) listen(as, last string) *feed {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), tooLong)
	r := request{method: "GET", path: "/api/v1/events", as: as}
	if last != "" {
		r.header = []string{"Last-Event-ID", last}
	}
	resp := s.open(ctx, r)
	end := func() { cancel(); resp.Body.Close() }
	s.Cleanup(end)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		s.Fatalf("the stream is answered with %s %v", resp.Status, resp.Header)
	}
	return &feed{s, bufio.NewScanner(resp.Body), end}
}

// next returns the next event, or io.EOF at the end of the stream.
func (f *feed) next() (m message, err error) {
	for f.lines.Scan() {
		field, value, _ := strings.Cut(f.lines.Text(), ": ")
		switch field {
		case "id":
			m.id = value
		case "event":
			m.kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &m.event); err != nil {
				return m, err
			}
		case "":
			if m.id != "" { // not a heartbeat's end
				return m, nil
			}
		}
	}
	if err := f.lines.Err(); err != nil {
		return m, err
	}
	return m, io.EOF
}

func (f *feed) must() message {
	f.Helper()
	m, err := f.next()
	if err != nil {
		f.Fatalf("the stream broke off: %v", err)
	}
	return m
}

func (f *feed) ready() string {
	f.Helper()
	m := f.must()
	if m.kind != "ready" || m.id == "" {
		f.Fatalf("the stream begins with %+v", m)
	}
	return m.id
}

// expect demands the next events, of one order, in this order.
func (f *feed) expect(id string, types ...order.EventType) (last string) {
	f.Helper()
	for _, want := range types {
		m := f.must()
		if m.event.Order != id || m.event.Type != want || m.id != fmt.Sprint(m.event.Seq) {
			f.Fatalf("got %+v, want %s of %s", m, want, id)
		}
		last = m.id
	}
	return last
}

func (s *site) write(p placed, as, text string) {
	s.Helper()
	into[api.Order](s, s.send(request{method: "POST", path: p.path("/messages"), as: as, body: `{"message":"` + text + `"}`}))
}

func TestEventsReachThePartiesAlone(t *testing.T) {
	s := newSite(t)
	p, other, others := s.order(active), s.order(active), s.orderOf(s.otto, active)
	eva, otto := s.listen(s.eva, ""), s.listen(s.otto, "")
	buyer := s.listen(p.buyer, "")
	for _, f := range []*feed{eva, otto, buyer} {
		f.ready()
	}
	s.write(others, s.otto, "not for eva")
	s.write(other, s.eva, "not for this buyer")
	s.write(p, p.buyer, "for both")
	s.write(others, others.buyer, "the last")
	eva.expect(other.id, order.MessageWritten)
	eva.expect(p.id, order.MessageWritten)
	buyer.expect(p.id, order.MessageWritten)
	otto.expect(others.id, order.MessageWritten, order.MessageWritten)
	// Nothing else is on its way: the next thing each hears is the next event.
	s.write(p, s.eva, "again")
	eva.expect(p.id, order.MessageWritten)
	buyer.expect(p.id, order.MessageWritten)
}

func TestEventsGoOnWithoutAGap(t *testing.T) {
	s := newSite(t)
	p, others := s.order(active), s.orderOf(s.otto, active)
	f := s.listen(s.eva, "")
	last := f.ready()
	var heard []string
	for i := range 3 {
		s.write(p, s.eva, fmt.Sprint("m", i))
		m := f.must()
		heard, last = append(heard, m.event.Message), m.id
	}
	f.end()
	// More than the server reads at once happen while nobody listens.
	const missed = 250
	for i := 3; i < 3+missed; i++ {
		s.write(p, s.eva, fmt.Sprint("m", i))
		if i%50 == 0 {
			s.write(others, s.otto, "not for eva")
		}
	}
	f = s.listen(s.eva, last)
	if id := f.ready(); id != last {
		t.Errorf("the stream says that it goes on after %s, not %s", id, last)
	}
	s.write(p, s.eva, "live")
	for m := f.must(); m.event.Message != "live"; m = f.must() {
		heard = append(heard, m.event.Message)
	}
	for i := range 3 + missed {
		if len(heard) != 3+missed || heard[i] != fmt.Sprint("m", i) {
			t.Fatalf("heard %d messages, want m0 to m%d once each: %v", len(heard), 2+missed, heard)
		}
	}
}

func TestEventsFromTheBeginning(t *testing.T) {
	s := newSite(t)
	p := s.order(completed)
	for _, as := range []string{s.eva, p.buyer} {
		f := s.listen(as, "0")
		f.ready()
		f.expect(p.id, order.OrderPlaced, order.WorkDelivered, order.OrderCompleted)
	}
	for _, last := range []string{"x", "-1", "1.5", "99999999999999999999", "1 2"} {
		a := s.send(request{method: "GET", path: "/api/v1/events", as: s.eva, header: []string{"Last-Event-ID", last}})
		if a.StatusCode != http.StatusUnprocessableEntity || a.problem.Field != "Last-Event-ID" {
			t.Errorf("Last-Event-ID %q is answered with %s %s", last, a.Status, a.raw)
		}
	}
}

// A browser has a cookie for each order, and says which to use.
func TestEventsByCookie(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	cookie := []string{"Cookie", "handover_review_" + p.id + "=" + p.buyer}
	s.send(request{method: "GET", path: "/api/v1/events", header: cookie}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	resp := s.open(ctx, request{method: "GET", path: "/api/v1/events?order=" + p.id, header: append(cookie, "Last-Event-ID", "0")})
	defer resp.Body.Close()
	f := &feed{s, bufio.NewScanner(resp.Body), cancel}
	f.ready()
	f.expect(p.id, order.OrderPlaced, order.WorkDelivered)
}

func TestEventsEndWithTheServer(t *testing.T) {
	s := newSite(t)
	p := s.order(active)
	f := s.listen(s.eva, "")
	f.ready()
	s.write(p, s.eva, "the last")
	f.expect(p.id, order.MessageWritten)
	if err := s.close(); err != nil {
		t.Errorf("a stream that is open keeps the server from closing: %v", err)
	}
	if m, err := f.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the server closed the stream says %+v, %v; want its end", m, err)
	}
}
