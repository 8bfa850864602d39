package backend_test

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// balancer passes each request on to the next node. It passes over a node only
// when that refuses the connection: then nobody has seen the request. Everything
// else that goes wrong is the client's to deal with.
type balancer struct {
	url       string
	transport *http.Transport
	next      atomic.Uint64
	up        atomic.Int64  // bytes from clients
	moved     chan struct{} // something did

	requests, passed, failed atomic.Int64

	mu    sync.Mutex
	nodes []*node
	made  int
	open  map[int]net.Conn
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{url: "http://" + l.Addr().String(), moved: make(chan struct{}, 1), open: map[int]net.Conn{}}
	b.transport = &http.Transport{
		// A connection that is used again could be one whose node is gone, and
		// Go would then send some requests a second time by itself.
		DisableKeepAlives: true, DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return b.track(conn), nil
		},
	}
	silent := log.New(io.Discard, "", 0)
	web := &http.Server{ErrorLog: silent, Handler: &httputil.ReverseProxy{
		Transport: b, ErrorLog: silent, FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host, r.Out.URL.Scheme = r.In.Host, "http"
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			b.failed.Add(1)
			w.WriteHeader(http.StatusBadGateway)
		},
	}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = web.Serve(balancedListener{l, b}) // until it is closed
	}()
	t.Cleanup(func() {
		web.Close()
		<-ended
	})
	return b
}

// serve says which nodes there are.
func (b *balancer) serve(nodes []*node) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nodes = nodes
}

// RoundTrip implements [http.RoundTripper].
func (b *balancer) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	b.requests.Add(1)
	b.mu.Lock()
	nodes := b.nodes
	b.mu.Unlock()
	first := int(b.next.Add(1) % fleetNodes)
	for i := range nodes {
		out := r.Clone(r.Context())
		out.URL.Host = *nodes[(first+i)%len(nodes)].address.Load()
		if r.Body != nil {
			out.Body = io.NopCloser(r.Body) // it stays open for the next node
		}
		resp, err = b.transport.RoundTrip(out)
		if !errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		b.passed.Add(1)
	}
	return resp, err
}

// await waits until so many more bytes have come from clients, nothing came for
// so long, or ended is closed.
func (b *balancer) await(ended <-chan struct{}, bytes int64, quiet time.Duration) {
	idle := time.NewTimer(quiet)
	defer idle.Stop()
	for until := b.up.Load() + bytes; b.up.Load() < until; {
		select {
		case <-b.moved:
			idle.Reset(quiet)
		case <-idle.C:
			return
		case <-ended:
			return
		}
	}
}

// cut ends any of the connections that are open, of clients and to nodes, and
// returns how many: 0 or 1.
func (b *balancer) cut(chance *rand.Rand) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.open) == 0 {
		return 0
	}
	numbers := slices.Sorted(maps.Keys(b.open))
	conn := b.open[numbers[chance.IntN(len(numbers))]]
	if tcp, ok := conn.(*net.TCPConn); ok && chance.IntN(2) == 0 {
		_ = tcp.SetLinger(0) // a reset, so that what is on its way is lost, too
	}
	_ = conn.Close()
	return 1
}

// track makes a connection one that can be cut.
func (b *balancer) track(conn net.Conn) *balancedConn {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made++
	b.open[b.made] = conn
	return &balancedConn{Conn: conn, balancer: b, number: b.made}
}

type balancedConn struct {
	net.Conn
	balancer *balancer
	number   int
	client   bool
}

func (c *balancedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.client && n > 0 {
		c.balancer.up.Add(int64(n))
		select {
		case c.balancer.moved <- struct{}{}:
		default:
		}
	}
	return n, err
}

func (c *balancedConn) Close() error {
	c.balancer.mu.Lock()
	delete(c.balancer.open, c.number)
	c.balancer.mu.Unlock()
	return c.Conn.Close()
}

type balancedListener struct {
	net.Listener
	balancer *balancer
}

func (l balancedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := l.balancer.track(conn)
	c.client = true
	return c, nil
}
