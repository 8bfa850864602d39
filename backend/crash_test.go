package backend_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"handover/backend/internal/store/postgres/pgtest"
)

// PostgreSQL is killed again and again, with all its processes, while two
// servers work: everything goes on by itself, nothing is lost or done twice.
func TestPostgreSQLIsKilled(t *testing.T) {
	own := pgtest.Cluster{Durable: true}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newStrain(t, own.Database(t))
	all := s.begin()
	for i := range 3 {
		s.progress(30, all)
		own.Kill(t)
		if i == 0 {
			s.letTimePass()
		}
		own.Up(t)
	}
	<-all
	s.verify()
}

// The same while connections to the database are cut after any number of bytes,
// so also between a commit and its answer.
func TestConnectionsToPostgreSQLAreCut(t *testing.T) {
	c := newCutter(t, cluster.Database(t))
	s := newStrain(t, c.address)
	all := s.begin()
	c.cutting.Store(true)
	s.progress(60, all)
	s.letTimePass()
	<-all
	c.cutting.Store(false)
	s.verify()
	t.Logf("%d connections were cut", c.cuts.Load())
	if c.cuts.Load() < 10 {
		t.Error("hardly any connection was cut")
	}
}

// cutter passes connections on to a database's socket, and ends each after some
// bytes of answers while it is cutting.
type cutter struct {
	address string // of the database through it
	socket  string
	cutting atomic.Bool
	cuts    atomic.Int64
	running sync.WaitGroup
	mu      sync.Mutex
	open    map[net.Conn]bool
}

func newCutter(t *testing.T, database string) *cutter {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), open: map[net.Conn]bool{}}
	c.address = fmt.Sprintf("postgres://%s@%s%s?sslmode=disable", u.User, l.Addr(), u.Path)
	c.running.Go(func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				c.running.Go(func() { c.pass(conn) })
			}
		}
	})
	t.Cleanup(func() {
		l.Close()
		c.mu.Lock()
		for conn := range c.open {
			conn.Close()
		}
		c.mu.Unlock()
		c.running.Wait()
	})
	return c
}

// pass passes a connection on until one side ends it, or it is cut.
func (c *cutter) pass(conn net.Conn) {
	c.mu.Lock()
	c.open[conn] = true
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.open, conn)
		c.mu.Unlock()
		conn.Close()
	}()
	server, err := net.Dial("unix", c.socket)
	if err != nil {
		return
	}
	defer server.Close()
	c.running.Go(func() {
		io.Copy(server, conn)
		server.Close()
	})
	buf := make([]byte, 4096)
	for left := 1_000 + rand.IntN(60_000); ; {
		n, err := server.Read(buf)
		if c.cutting.Load() {
			if left -= n; left <= 0 {
				c.cuts.Add(1)
				return
			}
		}
		if err != nil {
			return
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return
		}
	}
}
