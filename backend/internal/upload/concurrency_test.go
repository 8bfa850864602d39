package upload_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/internal/upload"
	"handover/backend/order"
)

// A request without the lock gets a status that asks for a repetition, not a server
// error.
func TestLockedUpload(t *testing.T) { onEveryStore(t, testLockedUpload) }

func testLockedUpload(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.LockTimeout = time.Millisecond })
	inside, leave := make(chan bool), make(chan bool)
	s.ledger.finishing = func(order.Upload) error {
		inside <- true
		<-leave
		return nil
	}
	url := s.create(3)
	done := make(chan reply)
	go func() {
		r, err := s.try("PATCH", url, strings.NewReader("abc"),
			"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	<-inside
	s.want(s.ask("HEAD", url, nil), http.StatusLocked, "")
	s.want(s.ask("DELETE", url, nil), http.StatusLocked, "upload_locked")
	leave <- true
	s.want(<-done, http.StatusNoContent, "")
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	s.wantWhole(url, []byte("abc"))
}

// A client whose connection died unnoticed by the server returns over a new connection.
// The old request ends, and its bytes are kept.
func TestNewRequestDisplacesOldOne(t *testing.T) {
	s := newSite(t)
	content := noise(2 << 20)
	url := s.create(int64(len(content)))
	pr, pw := io.Pipe()
	done := make(chan reply, 1)
	go func() {
		r, _ := s.try("PATCH", url, pr, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
		done <- r
	}()
	if _, err := pw.Write(content[:1<<20]); err != nil {
		t.Fatal(err)
	}
	s.awaitData(url, 1)
	at := s.offset(url)
	pw.CloseWithError(io.ErrClosedPipe)
	<-done
	if at < 1 {
		t.Fatalf("offset %d", at)
	}
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(url, content)
}

// The last bytes of a killed client count even when its successor has already sent a
// request.
func TestLockGraceOfADisplacedRequest(t *testing.T) {
	s := newSite(t, func(c *upload.Config) { c.LockGrace = time.Minute })
	content := noise(8 << 20)
	url := s.create(int64(len(content)))
	pr, pw := io.Pipe()
	done := make(chan reply, 1)
	go func() {
		r, _ := s.try("PATCH", url, pr, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
		done <- r
	}()
	if _, err := pw.Write(content[:1<<20]); err != nil {
		t.Fatal(err)
	}
	s.awaitData(url, 1)
	asked := make(chan int64, 1)
	go func() { asked <- s.offset(url) }()
	for piece := range slices.Chunk(content[1<<20:6<<20], 64<<10) {
		if _, err := pw.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	pw.CloseWithError(io.ErrClosedPipe)
	<-done
	if at := <-asked; at != 6<<20 {
		t.Errorf("offset %d of what was sent: %d", at, 6<<20)
	}
}

func TestManyAtOnce(t *testing.T) { onEveryStore(t, testManyAtOnce) }

func testManyAtOnce(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			content := noise(1<<20 + i)
			r, err := s.try("POST", "/uploads/", bytes.NewReader(content), "Content-Type", "application/offset+octet-stream",
				"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("logo", strconv.Itoa(i)))
			if err != nil || r.StatusCode != http.StatusCreated || r.Header.Get("Repr-Digest") != digest(content) {
				t.Errorf("upload %d: %v, %s", i, err, r.body)
			}
		})
	}
	wg.Wait()
	if len(s.ledger.records) != 20 {
		t.Errorf("%d records", len(s.ledger.records))
	}
}
