package backend_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"handover/backend/order"
)

// follower hears a stream of events that is cut again and again, and goes on
// after the last event that it heard whole.
type follower struct {
	heard []order.Event // read it between cut and connect only
	many  atomic.Int64  // how many it has heard
	last  string        // Last-Event-ID
	end   context.CancelFunc
	done  chan struct{}
}

// connect goes on for so many bytes, which can end in the middle of an event.
func (f *follower) connect(c *http.Client, address, token string, bytes int64) {
	ctx, cancel := context.WithCancel(context.Background())
	f.end, f.done = cancel, make(chan struct{})
	if f.last == "" {
		f.last = "0"
	}
	go func() {
		defer close(f.done)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", address+"/api/v1/events", nil)
		if err != nil {
			panic(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Last-Event-ID", f.last)
		resp, err := c.Do(r)
		if err != nil {
			return // the server is away, or it was cut already
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			f.read(io.LimitReader(resp.Body, bytes))
		}
	}()
}

// read takes events as the specification says: one counts when the blank line
// after it has come.
func (f *follower) read(r io.Reader) {
	lines := bufio.NewReader(r)
	var id, kind, data string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = value
		case "":
			if data != "" && kind == "" {
				var e order.Event
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					panic(err)
				}
				f.heard = append(f.heard, e)
				f.many.Add(1)
			}
			if id != "" {
				f.last = id
			}
			id, kind, data = "", "", ""
		}
	}
}

// ended reports whether the connection is over.
func (f *follower) ended() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// cut ends the connection wherever it is.
func (f *follower) cut() {
	f.end()
	<-f.done
}
