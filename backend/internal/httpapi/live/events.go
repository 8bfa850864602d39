// Package live streams events of orders to sellers, buyers and viewers.
package live

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	// heartbeat is the longest time between two heartbeats of a stream, and
	// between two checks of its sign-in.
	heartbeat = 20 * time.Second
	// eventBatch bounds the events in memory for a slow client.
	eventBatch = 50
	// patience is how long a client may take to accept one message.
	patience = 30 * time.Second
)

// Events streams events of the sender's orders as server-sent events
// (HTML standard, section 9.2). The id of each is the event's Seq, so that a
// client that returns with Last-Event-ID misses none. Without that header, or
// when the log has not reached it, the stream starts now.
//
// The stream begins with the event "ready". Its id is the start, and its data
// the seconds between two heartbeats. The client may ask for a shorter interval
// than the usual one, to notice a broken connection sooner.
//
// For buyers and viewers an event "comments" without an id reports changed
// drafts of comments. These are not in the log, see [store.Annotations].
//
// The stream ends when the sender is signed out or the link is revoked, and
// sends no later events.
type Events struct {
	access.Authorizer
	SignedOut *Bell           // rings when a session ends
	Closing   <-chan struct{} // closed when the server stops
	Log       *slog.Logger
}

// request is a request for a stream.
type request struct {
	sender    access.Principal
	query     store.EventQuery
	heartbeat time.Duration
}

// ServeHTTP implements [http.Handler].
func (s *Events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in, err := s.parse(r)
	if err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies pass events on at once
	if r.ProtoMajor == 1 {
		h.Set("Connection", "close") // the write deadline of the last event stays set on the connection
	}
	out := stream{w: w, c: http.NewResponseController(w)}
	// Before the stream is ready: a client that then loads the comments misses no change.
	var commented <-chan struct{}
	if in.sender.Party != order.Seller {
		var stop func()
		commented, stop = s.Store.Annotations.WatchComments(in.query.OrderID)
		defer stop()
	}
	out.send("id: %d\nevent: ready\ndata: {\"heartbeat\":%d}\n\n", in.query.After, int(in.heartbeat.Seconds()))
	s.follow(r, in, commented, &out)
}

func (s *Events) parse(r *http.Request) (in request, err error) {
	id := r.URL.Query().Get("order")
	in.sender, err = s.Identify(r, id)
	if err != nil {
		return in, err
	}
	in.query = store.EventQuery{SellerID: in.sender.Account.ID, OrderID: in.sender.OrderID, Limit: eventBatch}
	if id != "" {
		in.query.OrderID = id
		if _, err := s.Load(r.Context(), in.sender, id); err != nil {
			return in, err
		}
	}
	if in.heartbeat, err = heartbeatOf(r); err != nil {
		return in, err
	}
	in.query.After, err = s.start(r)
	return in, err
}

// heartbeatOf returns the interval of heartbeats that the client asks for.
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

// start returns the Seq after which the stream starts.
func (s *Events) start(r *http.Request) (uint64, error) {
	newest, err := s.Store.EventLog.LastSeq(r.Context())
	last := r.Header.Get("Last-Event-ID")
	if last == "" || err != nil {
		return newest, err
	}
	seq, err := strconv.ParseUint(last, 10, 63)
	if err != nil {
		return 0, &order.Error{Code: order.Invalid, Field: "Last-Event-ID", Message: "Last-Event-ID is not one of this server's"}
	}
	// A log that was restored from a backup may be shorter.
	return min(seq, newest), nil
}

// follow sends events until the client disconnects or loses its access, or the
// server closes.
func (s *Events) follow(r *http.Request, in request, commented <-chan struct{}, out *stream) {
	beat, check := time.NewTicker(in.heartbeat), time.NewTicker(heartbeat)
	defer beat.Stop()
	defer check.Stop()
	q := in.query
	doubt := true // whether the sign-in may have ended without an event
	for out.err == nil {
		// Both before reading, so that the stream misses nothing.
		changed, signedOut := s.Store.EventLog.Changed(), s.SignedOut.rings()
		events, err := s.Store.EventLog.Events(r.Context(), q)
		if err != nil {
			s.Log.Error("read events", "error", err)
			return
		}
		// Checked after the events were read, so that no event is sent that
		// came with or after the end of the sign-in.
		if (doubt || len(events) > 0) && !s.allowed(r, in.sender, q.OrderID) {
			return
		}
		doubt = false
		for _, e := range events {
			q.After = e.Seq
			e, ok := e.For(in.sender.Party)
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

// allowed reports whether the sender of the request still has the same access.
func (s *Events) allowed(r *http.Request, then access.Principal, orderID string) bool {
	now, err := s.Identify(r, orderID)
	return err == nil && now.Party == then.Party && now.Account.ID == then.Account.ID && now.OrderID == then.OrderID && now.Link.Number == then.Link.Number
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
	// Some writers in tests have no deadline to set; a server's has one.
	_ = o.c.SetWriteDeadline(time.Now().Add(patience))
	if _, o.err = fmt.Fprintf(o.w, format, args...); o.err != nil {
		return
	}
	o.err = o.c.Flush()
}
