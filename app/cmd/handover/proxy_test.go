//go:build unix

package main_test

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/time/rate"
)

// proxy passes connections on to a server, slowly, and counts what goes up.
type proxy struct {
	url    string
	target string // host:port
	pace   *rate.Limiter
	sent   atomic.Int64 // bytes from clients
	at     chan mark    // at most one is waiting
	ctx    context.Context
	work   sync.WaitGroup
}

// mark is a number of bytes whose passing is told by closing reached.
type mark struct {
	bytes   int64
	reached chan struct{}
}

// block is how much is passed on in one go.
const block = 64 << 10

// newProxy returns a proxy that passes on so many bytes a second until the test
// ends.
func newProxy(t *testing.T, target string, bytesPerSecond int) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &proxy{
		url: "http://" + l.Addr().String(), target: target, ctx: ctx, at: make(chan mark, 1),
		pace: rate.NewLimiter(rate.Limit(bytesPerSecond), block),
	}
	p.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.work.Go(func() { p.pass(conn) })
		}
	})
	t.Cleanup(func() {
		cancel()
		l.Close()
		p.work.Wait()
	})
	return p
}

// pass connects a client with the server until one of them, or the test, ends.
func (p *proxy) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return // the server is away, which the client now sees
	}
	defer server.Close()
	defer context.AfterFunc(p.ctx, func() { client.Close(); server.Close() })()
	var down sync.WaitGroup
	down.Go(func() {
		io.Copy(client, server)
		client.Close()
	})
	p.up(server, client)
	server.(*net.TCPConn).CloseWrite()
	down.Wait()
}

func (p *proxy) up(server io.Writer, client io.Reader) {
	buf := make([]byte, block)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			if p.pace.WaitN(p.ctx, n) != nil {
				return
			}
			p.count(int64(n))
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) count(n int64) {
	total := p.sent.Add(n)
	select {
	case m := <-p.at:
		if total >= m.bytes {
			close(m.reached)
		} else {
			p.at <- m
		}
	default:
	}
}

// after returns a channel that is closed once so many more bytes went up.
func (p *proxy) after(bytes int64) <-chan struct{} {
	m := mark{p.sent.Load() + bytes, make(chan struct{})}
	p.at <- m
	return m.reached
}
