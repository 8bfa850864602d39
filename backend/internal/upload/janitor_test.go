package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend/internal/upload"
	"handover/backend/internal/upload/janitor"
	"handover/backend/order"
)

// shelf is the orders of the janitor's tests, over the ledger.
type shelf struct {
	*ledger
	over map[string]time.Time
}

func (l shelf) EachUpload(_ context.Context, f func(order.Upload) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, u := range l.records {
		if l.delivered[id] {
			u.DeliveredIn = 1
		}
		if err := f(u); err != nil {
			return err
		}
	}
	return nil
}

func (l shelf) OverSince(_ context.Context, id string) (time.Time, error) {
	if id == "film" {
		return time.Time{}, errors.New("away")
	}
	return l.over[id], nil
}

// clock is a clock that a test sets forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

const day = 24 * time.Hour

func janitorSite(t *testing.T) (*site, *clock, shelf) {
	c := &clock{}
	s := newSite(t, func(k *upload.Config) { k.Now = c.now })
	return s, c, shelf{s.ledger, map[string]time.Time{}}
}

// sweep runs a dry sweep and then a real one. Both must return the same counts.
func (s *site) sweep(sh shelf, want janitor.Swept) {
	s.Helper()
	before := strings.Join(s.files(), " ")
	for _, dry := range []bool{true, false} {
		got, err := s.svc.Janitor.Sweep(context.Background(), sh, dry)
		if err != nil || got != want {
			s.Fatalf("dry %v: %+v (%v), want %+v", dry, got, err, want)
		}
		if after := strings.Join(s.files(), " "); dry && after != before {
			s.Fatalf("a dry run changed %s to %s", before, after)
		}
	}
	if got, err := s.svc.Janitor.Sweep(context.Background(), sh, false); err != nil || got != (janitor.Swept{}) {
		s.Errorf("a second time: %+v, %v", got, err)
	}
}

func TestJanitorRemovesAbandonedUploads(t *testing.T) {
	s, c, sh := janitorSite(t)
	old, part := s.create(10), s.part([]byte("abc"))
	s.want(s.patch(old, 0, strings.NewReader("abcd")), http.StatusNoContent, "")
	c.forward(4 * day)
	touched := s.create(10)
	c.forward(2 * day)
	s.sweep(sh, janitor.Swept{})
	c.forward(2 * day)
	s.want(s.patch(touched, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	s.reopen() // a restart does not change the age
	s.sweep(sh, janitor.Swept{Abandoned: 2, Bytes: 7})
	for url, status := range map[string]int{old: 404, part: 404, touched: 200} {
		if r := s.ask("HEAD", url, nil); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", url, r.StatusCode, status)
		}
	}
}

func TestJanitorKeepsFinishedUploads(t *testing.T) {
	s, c, sh := janitorSite(t)
	loose, delivered := s.brought("ann", "logo", noise(100)), s.brought("ann", "logo", noise(200))
	twin := s.brought("ann", "logo", noise(200))
	s.ledger.set(func(l *ledger) { l.delivered[idOf(delivered)] = true })
	c.forward(400 * day)
	s.sweep(sh, janitor.Swept{}) // the order can be delivered
	sh.over["logo"] = c.now()
	c.forward(6 * day)
	s.sweep(sh, janitor.Swept{})
	c.forward(2 * day)
	s.sweep(sh, janitor.Swept{Undelivered: 2, Bytes: 100})
	s.wantWhole(delivered, noise(200))
	for _, url := range []string{loose, twin} {
		s.want(s.ask("HEAD", url, nil), http.StatusNotFound, "")
	}
}

// A delivery between the listing and the removal wins.
func TestJanitorLosesAgainstADelivery(t *testing.T) {
	s, c, sh := janitorSite(t)
	url := s.brought("ann", "logo", []byte("abc"))
	sh.over["logo"] = c.now()
	c.forward(8 * day)
	got, err := s.svc.Janitor.Sweep(context.Background(), lateDelivery{sh, idOf(url)}, false)
	if err != nil || got != (janitor.Swept{}) {
		t.Errorf("%+v, %v", got, err)
	}
	s.wantWhole(url, []byte("abc"))
}

type lateDelivery struct {
	shelf
	id string
}

func (l lateDelivery) OverSince(ctx context.Context, orderID string) (time.Time, error) {
	l.set(func(k *ledger) { k.delivered[l.id] = true })
	return l.shelf.OverSince(ctx, orderID)
}

// asOfNow gives the files of a folder the time of this program's clock, which differs
// from the machine's when the tests run on another date.
func asOfNow(t *testing.T, dir string) {
	t.Helper()
	now := time.Now()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(path, now, now))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestJanitorRemovesLeftovers(t *testing.T) {
	s, c, sh := janitorSite(t)
	url := s.brought("ann", "logo", []byte("abc"))
	unfinished := s.create(3)
	s.want(s.patch(unfinished, 0, strings.NewReader("a")), http.StatusNoContent, "")
	none := "/uploads/" + strings.Repeat("a", 26)
	overwrite(t, s.file(none, ".data"), []byte("xyz"))
	overwrite(t, s.file(none, ".info.tmp"), []byte("{"))
	if err := os.Link(s.file(url, ".data"), s.file(url, ".data.tmp")); err != nil {
		t.Fatal(err)
	}
	overwrite(t, s.dir+"/notes.txt", []byte("not ours"))
	asOfNow(t, s.dir)
	s.sweep(sh, janitor.Swept{}) // a request may be using them
	c.forward(6 * day)
	s.want(s.patch(unfinished, 1, strings.NewReader("b")), http.StatusNoContent, "")
	c.forward(2 * day)
	s.sweep(sh, janitor.Swept{Leftovers: 3, Bytes: 4})
	s.wantWhole(url, []byte("abc"))
	if at := s.offset(unfinished); at != 2 {
		t.Errorf("offset %d", at)
	}
}

// The parts of a running assembly are never abandoned.
func TestJanitorKeepsPartsInUse(t *testing.T) {
	s, c, sh := janitorSite(t)
	s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
	list := s.parts(cut([]byte("abcdef"), 3))
	s.want(s.final("Upload-Concat", "final;"+list), http.StatusInternalServerError, "internal")
	c.forward(30 * day)
	s.sweep(sh, janitor.Swept{})
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	s.wantWhole(s.awaitFinal("final;"+list), []byte("abcdef"))
}

// After an error about one upload, that upload stays and the sweep continues.
func TestJanitorGoesOnPastFaults(t *testing.T) {
	s, c, sh := janitorSite(t)
	kept, gone := s.brought("ann", "film", noise(10)), s.brought("ann", "logo", noise(20))
	sh.over["logo"] = c.now()
	c.forward(8 * day)
	got, err := s.svc.Janitor.Sweep(context.Background(), sh, false)
	if err == nil || got.Undelivered != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	s.want(s.ask("HEAD", gone, nil), http.StatusNotFound, "")
	s.want(s.ask("HEAD", kept, nil), http.StatusOK, "")
}

// A running request keeps an abandoned upload.
func TestJanitorAgainstARequest(t *testing.T) {
	s, c, sh := janitorSite(t)
	content := noise(2 << 20)
	url := s.create(int64(len(content)))
	c.forward(8 * day)
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		_, _ = s.try("PATCH", url, pr, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
		close(done)
	}()
	if _, err := pw.Write(content[:1<<20]); err != nil {
		t.Fatal(err)
	}
	s.awaitData(url, 1)
	if got, err := s.svc.Janitor.Sweep(context.Background(), sh, false); err != nil || got != (janitor.Swept{}) {
		t.Errorf("%+v, %v", got, err)
	}
	pw.CloseWithError(io.ErrClosedPipe)
	<-done
	at := s.offset(url)
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(url, content)
}

// Content that is too large to be compared at once is shared by the janitor.
func TestJanitorSharesLargeContent(t *testing.T) {
	s, _, sh := janitorSite(t)
	s.config = func(c *upload.Config) { c.MaxFileSize = 1 << 30 }
	s.reopen()
	content := noise(65 << 20)
	one, two := s.create(int64(len(content))), s.create(int64(len(content)))
	for _, url := range []string{one, two} {
		s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusNoContent, "")
	}
	if s.oneFile(one, two) {
		t.Fatal("shared already")
	}
	got, err := s.svc.Janitor.Sweep(context.Background(), sh, false)
	if want := (janitor.Swept{Shared: 1, Bytes: int64(len(content))}); err != nil || got != want {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
	if !s.oneFile(one, two) {
		t.Error("still two files")
	}
	if got, err := s.svc.Janitor.Sweep(context.Background(), sh, false); err != nil || got != (janitor.Swept{}) {
		t.Errorf("a second time: %+v, %v", got, err)
	}
}

func TestRunJanitor(t *testing.T) {
	s, c, sh := janitorSite(t)
	s.create(10)
	c.forward(8 * day)
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan janitor.Swept)
	ended := make(chan struct{})
	go func() {
		s.svc.Janitor.Run(ctx, sh, func(w janitor.Swept) { told <- w })
		close(ended)
	}()
	if got := <-told; got != (janitor.Swept{Abandoned: 1}) {
		t.Errorf("%+v", got)
	}
	cancel()
	<-ended
	if !strings.Contains(s.log.String(), "abandoned=1") {
		t.Errorf("log: %s", s.log)
	}
}

func TestWithoutLinks(t *testing.T) {
	s := newSite(t)
	s.svc.WithoutLinks()
	content := noise(100_000)
	first, second := s.brought("ann", "logo", content), s.brought("ann", "logo", content)
	r := s.ask("POST", "/uploads/", nil, "Upload-Length", "100000", "Upload-Metadata", metadata("logo", "b")+withDigest(content))
	s.want(r, http.StatusCreated, "")
	third := r.Header.Get("Location")
	for _, url := range []string{first, second, third} {
		s.wantWhole(url, content)
	}
	if s.oneFile(first, second) || s.oneFile(first, third) {
		t.Error("linked")
	}
	// Damaged content is not reused: the client sends the file as usual.
	for _, url := range []string{first, second, third} {
		overwrite(t, s.file(url, ".data"), bytes.Repeat([]byte{1}, len(content)))
	}
	r = s.ask("POST", "/uploads/", nil, "Upload-Length", "100000", "Upload-Metadata", metadata("logo", "c")+withDigest(content))
	s.want(r, http.StatusCreated, "")
	if r.Header.Get("Repr-Digest") != "" || s.offset(r.Header.Get("Location")) != 0 {
		t.Errorf("%v", r.Header)
	}
	for _, url := range []string{first, second, third} {
		overwrite(t, s.file(url, ".data"), content)
	}
}
