package backend_test

import (
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// handing is a listener whose connections count what is given to them as a file,
// which the system then copies by itself (sendfile(2)).
type handing struct {
	net.Listener
	files atomic.Int64 // bytes
}

func (l *handing) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &handingConn{c, l}, err
}

type handingConn struct {
	net.Conn
	to *handing
}

// ReadFrom is what net/http calls for an answer that comes from a reader.
func (c *handingConn) ReadFrom(r io.Reader) (int64, error) {
	from := r
	if limited, ok := r.(*io.LimitedReader); ok { // one is all that sendfile looks behind
		from = limited.R
	}
	n, err := io.Copy(c.Conn, r)
	if _, ok := from.(*os.File); ok {
		c.to.files.Add(n)
	}
	return n, err
}

// Between the handler and the connection stand writers that count, note and set
// deadlines; none of them may hide a file from the connection.
func TestDownloadsReachTheConnectionAsFiles(t *testing.T) {
	files := &handing{}
	s := openSiteOn(t, func(l net.Listener) net.Listener { files.Listener = l; return files })
	s.eva = s.seller("eva@example.org")
	p := s.order(active)
	const size = 3<<20 + 5 // more than one step
	p.file = s.upload(s.eva, p.id, "film.mov", strings.Repeat("x", size))
	s.deliver(s.eva, p)
	for _, tc := range []struct {
		ranged string
		want   int64
	}{{"bytes=0-", size}, {"", size}, {"bytes=1000-2999999", 2_999_000}, {"bytes=-2000000", 2_000_000}} {
		before := files.files.Load()
		a := s.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer, header: []string{"Range", tc.ranged}})
		if int64(len(a.raw)) != tc.want {
			t.Fatalf("%q: %s, %d bytes came", tc.ranged, a.Status, len(a.raw))
		}
		// net/http itself reads the first 512 bytes of some.
		if got := files.files.Load() - before; got < tc.want-512 {
			t.Errorf("%q: %d of %d bytes reached the connection as a file", tc.ranged, got, tc.want)
		}
	}
}
