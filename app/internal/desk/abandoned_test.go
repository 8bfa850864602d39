package desk_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
)

// many has the draft hold a folder of n small files that are all on the server.
func (s *seller) many(t *testing.T, d *desk.Desk, n int) {
	t.Helper()
	for i := range n {
		s.file(t, fmt.Sprintf("photos/%05d.jpg", i), 100+i%7)
	}
	s.attach(t, d, filepath.Join(s.work, "photos"))
	until(t, "all files are on the server", func() bool {
		dr, err := d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range dr.Files {
			if f.State != draft.Verified {
				return false
			}
		}
		return len(dr.Files) == n
	})
}

// deletions counts requests that delete an upload: all, and the most at a time.
func (l *line) deletions() (all, most *atomic.Int64) {
	all, most = new(atomic.Int64), new(atomic.Int64)
	now := new(atomic.Int64)
	l.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !is(r, "DELETE", "/uploads/") {
			return false
		}
		all.Add(1)
		n := now.Add(1)
		defer now.Add(-1)
		for {
			seen := most.Load()
			if n <= seen || most.CompareAndSwap(seen, n) {
				break
			}
		}
		next.ServeHTTP(w, r)
		return true
	})
	return all, most
}

// Discarding a draft of many files deletes each upload once, over a few
// connections.
func TestDiscardDeletesEveryUpload(t *testing.T) {
	const files = 1000
	s := newSeller(t)
	d := s.open(t, background)
	s.many(t, d, files)
	all, most := s.line.deletions()
	before := s.line.connections()
	if _, err := d.Discard(s.order); err != nil {
		t.Fatal(err)
	}
	for seen := int64(-1); all.Load() < files && all.Load() > seen; { // each 20 seconds some
		seen = all.Load()
		until(t, "more uploads are deleted", func() bool { return all.Load() >= min(files, seen+200) })
	}
	s.untilStored(t, 0)
	if n := most.Load(); n > 4 {
		t.Errorf("%d at the same time", n)
	}
	if n := s.line.connections() - before; n > 10 {
		t.Errorf("%d connections", n)
	}
	if n := all.Load(); n != files {
		t.Errorf("%d requests for %d uploads", n, files)
	}
}

// What a program did not get to is deleted after its next start.
func TestAbandonedUploadsAreDeletedAfterARestart(t *testing.T) {
	const files = 300
	s := newSeller(t)
	d := s.open(t, background)
	s.many(t, d, files)
	var some atomic.Int64
	reached, end := make(chan struct{}), make(chan struct{})
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if !is(r, "DELETE", "/uploads/") {
			return false
		}
		if n := some.Add(1); n < 150 {
			return false
		} else if n == 150 {
			close(reached)
		}
		select {
		case <-end:
			return false
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	})
	if _, err := d.Discard(s.order); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if s.stored(t) == 0 {
		t.Fatal("all uploads were deleted before the program ended")
	}
	close(end)
	s.open(t, background)
	s.untilStored(t, 0)
}

// Files that are taken back keep their uploads.
func TestUndoKeepsUploads(t *testing.T) {
	const files = 50
	s := newSeller(t)
	d := s.open(t, background)
	s.many(t, d, files)
	all, _ := s.line.deletions()
	sent := s.line.contents()
	before, err := d.Draft(s.order)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Detach(s.order, "photos"); err != nil {
		t.Fatal(err)
	}
	dr, err := d.Restore(t.Context(), s.order, "photos")
	if err != nil || len(dr.Files) != files {
		t.Fatalf("%d files are back, %v", len(dr.Files), err)
	}
	for i, f := range dr.Files {
		if f.Upload != before.Files[i].Upload || f.State != draft.Verified {
			t.Fatalf("%s is %s with the upload %s, was %s", f.Path, f.State, f.Upload, before.Files[i].Upload)
		}
	}
	s.deliver(t, d, "All of them.")
	if len(s.downloaded(t, 1)) != files {
		t.Error("the delivery lacks files")
	}
	if all.Load() != 0 || sent.Load() != 0 {
		t.Errorf("%d uploads were deleted, %d bytes sent", all.Load(), sent.Load())
	}
}

// A proxy that says that an upload is not there is not believed.
func TestAForeignAnswerDeletesNothing(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background, soon)
	s.many(t, d, 5)
	s.line.fault(times(3, "DELETE", "/uploads/", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(w, "<html>not here</html>", http.StatusNotFound)
	}))
	if _, err := d.Discard(s.order); err != nil {
		t.Fatal(err)
	}
	s.untilStored(t, 0)
}
