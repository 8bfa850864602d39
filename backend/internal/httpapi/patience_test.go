package httpapi_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/order"
)

// impatient is a listener whose connections note what was written to them with
// no deadline.
type impatient struct {
	net.Listener
	endless chan string
}

func (l impatient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &impatientConn{Conn: c, endless: l.endless}, err
}

type impatientConn struct {
	net.Conn
	endless chan string
	mu      sync.Mutex
	bounded bool
	stream  bool
}

func (c *impatientConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bounded = !t.IsZero()
	return c.Conn.SetWriteDeadline(t)
}

func (c *impatientConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.stream = c.stream || bytes.Contains(p, []byte("event: ready"))
	if c.stream && !c.bounded {
		select {
		case c.endless <- string(p):
		default:
		}
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// A client that does not read what is sent is let go: no write waits for ever.
func TestEveryWriteOfAStreamHasADeadline(t *testing.T) {
	server, err := backend.New(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endless := make(chan string, 1)
	if err := server.Start(impatient{l, endless}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(context.Background()) })
	f := &office{Server: server}
	f.eva = f.hire(t, "eva@example.org")
	o, bea := f.place(t)
	stream := listen(t, bea, "0")
	for range 3 {
		if _, err := f.eva.WriteMessage(t.Context(), o.ID, "Hello!"); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		<-stream.events
	}
	if _, err := f.eva.RevokeReviewLink(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	for range stream.events { // until it ends
	}
	select {
	case what := <-endless:
		t.Errorf("sent with no deadline: %q", what)
	default:
	}
}
