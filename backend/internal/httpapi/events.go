package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	// heartbeat is how often a stream that asks for nothing else shows that it
	// is alive, and how often a stream asks again whether its sign-in still holds.
	heartbeat = 20 * time.Second
	// eventBatch bounds what a slow client holds in memory.
	eventBatch = 50
	// patience is how long a client may take to accept what is sent.
	patience = 30 * time.Second
)

// events streams what happens to the asker's orders as server-sent events
// (HTML standard, section 9.2). Each has the event's Seq as its id, so that a
// client that comes back with Last-Event-ID misses none. Without it, and with
// one that the log has not reached, the stream starts now. It begins with an
// event "ready" that says where, and how many seconds are between two
// heartbeats: as many as the client asks for, so that a page which has to show
// soon that it hears nothing can have more of them.
//
// To the buyer's side an event "comments" without an id says that their drafts
// have changed. They are no part of the log, see [store.Comments].
//
// The stream ends when the asker is signed out or the review link revoked, and
// sends nothing that comes after.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("order")
	a, err := s.identify(r, id)
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	q := store.EventQuery{SellerID: a.account.ID, OrderID: a.orderID, Limit: eventBatch}
	if id != "" {
		_, err = s.load(r.Context(), a, id)
		q.OrderID = id
	}
	beat := heartbeat
	if err == nil {
		beat, err = heartbeatOf(r)
	}
	if err == nil {
		q.After, err = s.startOfStream(r)
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies shall pass events on at once
	if r.ProtoMajor == 1 {
		h.Set("Connection", "close") // the deadline of the last write stays with it
	}
	out := stream{w: w, c: http.NewResponseController(w)}
	// Before the stream is ready: whoever then asks for the comments misses no change.
	var commented <-chan struct{}
	if a.party != order.Seller {
		var stop func()
		commented, stop = s.Store.Annotations.WatchComments(q.OrderID)
		defer stop()
	}
	out.send("id: %d\nevent: ready\ndata: {\"heartbeat\":%d}\n\n", q.After, int(beat.Seconds()))
	s.follow(r, a, q, commented, beat, &out)
}

// heartbeatOf returns how often the client wants to hear that the stream lives.
func heartbeatOf(r *http.Request) (time.Duration, error) {
	asked := r.URL.Query().Get("heartbeat")
	if asked == "" {
		return heartbeat, nil
	}
	seconds, err := strconv.Atoi(asked)
	most := int(heartbeat.Seconds())
	if err != nil || seconds < 1 || seconds > most {
		return 0, &order.Error{Code: order.Invalid, Field: "heartbeat", Message: fmt.Sprintf("heartbeat is a number of seconds from 1 to %d", most)}
	}
	return time.Duration(seconds) * time.Second, nil
}

func (s *Server) startOfStream(r *http.Request) (uint64, error) {
	newest, err := s.Store.EventLog.LastSeq(r.Context())
	last := r.Header.Get("Last-Event-ID")
	if last == "" || err != nil {
		return newest, err
	}
	seq, err := strconv.ParseUint(last, 10, 63)
	if err != nil {
		return 0, &order.Error{Code: order.Invalid, Field: "Last-Event-ID", Message: "Last-Event-ID is not one of this server's"}
	}
	// A log that is restored from a backup has not come as far.
	return min(seq, newest), nil
}

// follow sends events until the client goes, may no longer see them, or the
// server closes.
func (s *Server) follow(r *http.Request, a principal, q store.EventQuery, commented <-chan struct{}, every time.Duration, out *stream) {
	beat, check := time.NewTicker(every), time.NewTicker(heartbeat)
	defer beat.Stop()
	defer check.Stop()
	doubt := true // whether the sign-in may have ended with no event
	for out.err == nil {
		// Both before reading, so that nothing is missed.
		changed, signedOut := s.Store.EventLog.Changed(), s.signedOut.rings()
		events, err := s.Store.EventLog.Events(r.Context(), q)
		if err != nil {
			s.Log.Error("read events", "error", err)
			return
		}
		// Asked after the events were read: what came with or after the end of
		// the sign-in is not sent.
		if (doubt || len(events) > 0) && !s.still(r, a, q.OrderID) {
			return
		}
		doubt = false
		for _, e := range events {
			q.After = e.Seq
			e, ok := e.For(a.party)
			if !ok {
				continue
			}
			raw, _ := json.Marshal(e) // plain values: never fails
			out.send("id: %d\ndata: %s\n\n", e.Seq, raw)
		}
		if len(events) == q.Limit {
			continue
		}
		select {
		case <-changed:
		case <-signedOut:
			doubt = true
		case <-commented:
			out.send("event: comments\ndata: {}\n\n")
		case <-check.C:
			doubt = true
		case <-beat.C:
			out.send(": still here\n\n")
		case <-r.Context().Done():
			return
		case <-s.Closing:
			return
		}
	}
}

// still reports whether whoever began the request may still ask.
func (s *Server) still(r *http.Request, a principal, orderID string) bool {
	now, err := s.identify(r, orderID)
	return err == nil && now.party == a.party && now.account.ID == a.account.ID && now.orderID == a.orderID && now.link.Number == a.link.Number
}

// bell wakes everybody who waits for it.
type bell struct {
	mu sync.Mutex
	c  chan struct{}
}

// rings returns a channel that is closed at the next ring.
func (b *bell) rings() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c == nil {
		b.c = make(chan struct{})
	}
	return b.c
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c != nil {
		close(b.c)
		b.c = nil
	}
}

// stream writes and flushes, and keeps the first error.
type stream struct {
	w   http.ResponseWriter
	c   *http.ResponseController
	err error
}

func (o *stream) send(format string, args ...any) {
	if o.err != nil {
		return
	}
	// Not every writer of a test has a deadline to set; a server's has.
	_ = o.c.SetWriteDeadline(time.Now().Add(patience))
	if _, o.err = fmt.Fprintf(o.w, format, args...); o.err == nil {
		o.err = o.c.Flush()
	}
}
