package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	heartbeat  = 20 * time.Second
	eventBatch = 200
)

// events streams what happens to the asker's orders as server-sent events
// (HTML standard, section 9.2). Each has the event's Seq as its id, so that a
// client that comes back with Last-Event-ID misses none. Without it the stream
// starts now, and says so with an event "ready".
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("order")
	a, err := s.identify(r, id)
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	q := store.EventQuery{SellerID: a.account.ID, OrderID: a.orderID, Limit: eventBatch}
	if q.After, err = s.startOfStream(r); err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies shall pass events on at once
	out := stream{w: w, c: http.NewResponseController(w)}
	out.send("id: %d\nevent: ready\ndata: {}\n\n", q.After)
	s.follow(r, q, &out)
}

func (s *Server) startOfStream(r *http.Request) (uint64, error) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		return s.Store.LastSeq(r.Context())
	}
	seq, err := strconv.ParseUint(last, 10, 63)
	if err != nil {
		return 0, &order.Error{Code: order.Invalid, Field: "Last-Event-ID", Message: "Last-Event-ID is not one of this server's"}
	}
	return seq, nil
}

// follow sends events until the client goes or the server closes.
func (s *Server) follow(r *http.Request, q store.EventQuery, out *stream) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for out.err == nil {
		changed := s.Store.Changed() // before reading, so that no event is missed
		events, err := s.Store.Events(r.Context(), q)
		if err != nil {
			s.Log.Error("read events", "error", err)
			return
		}
		for _, e := range events {
			raw, _ := json.Marshal(e) // plain values: never fails
			out.send("id: %d\ndata: %s\n\n", e.Seq, raw)
			q.After = e.Seq
		}
		if len(events) == q.Limit {
			continue
		}
		select {
		case <-changed:
		case <-beat.C:
			out.send(": still here\n\n")
		case <-r.Context().Done():
			return
		case <-s.Closing:
			return
		}
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
	if _, o.err = fmt.Fprintf(o.w, format, args...); o.err == nil {
		o.err = o.c.Flush()
	}
}
