package upload_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Four parts of one upload are sent in parallel: the bucket answers the first only after
// it has all four.
func TestPartsTravelTogether(t *testing.T) {
	s, g := throughGateway(t)
	smallParts(s)
	content := noise(4 * smallPart)
	url := s.create(int64(len(content)))
	var there atomic.Int64
	all := make(chan struct{})
	g.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if !isPart(r) {
			return false
		}
		if there.Add(1) == 4 {
			close(all)
		}
		select {
		case <-all:
		case <-time.After(time.Minute):
			t.Errorf("%d parts are under way", there.Load())
		}
		return false
	})
	s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusNoContent, "")
	s.wantWhole(url, content)
}

// An arrived part counts while later parts are still being sent, so that a killed server
// does not lose it.
func TestArrivedPartsAreNoted(t *testing.T) {
	s, g := throughGateway(t)
	smallParts(s)
	content := noise(5*smallPart + 1)
	url := s.create(int64(len(content)))
	come, first, held := make(chan string, 5), make(chan struct{}), make(chan struct{})
	g.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) {
			come <- r.URL.Query().Get("partNumber")
		}
		if isPart(r) && r.URL.Query().Get("partNumber") != "1" {
			<-held
		}
		return false
	})
	var once sync.Once
	g.mu.Lock()
	g.answered = func(r *http.Request) {
		if isPart(r) {
			once.Do(func() { close(first) })
		}
	}
	g.mu.Unlock()
	from, to := io.Pipe()
	done := make(chan error)
	go func() {
		r, err := s.try("PATCH", url, from, "Content-Type", offsetType, "Upload-Offset", "0")
		if err == nil && r.StatusCode != http.StatusNoContent {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		done <- err
	}()
	for i := range 5 {
		if _, err := to.Write(content[i*smallPart : (i+1)*smallPart]); err != nil {
			t.Fatal(err)
		}
		if got := <-come; got != strconv.Itoa(i+1) {
			t.Fatalf("part %s is sent, want %d", got, i+1)
		}
		<-first
	}
	if at := s.noted(url); at != smallPart {
		t.Errorf("the info says %d while the other parts are under way, want one part", at)
	}
	close(held)
	if _, err := to.Write(content[5*smallPart:]); err != nil {
		t.Fatal(err)
	}
	to.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.wantWhole(url, content)
}

// noted is the offset in the stored info, which a HEAD would interrupt.
func (s *site) noted(url string) int64 {
	s.Helper()
	raw, err := os.ReadFile(filepath.Join(s.bucket.Dir, "open", idOf(url)+".json"))
	if err != nil {
		s.Fatal(err)
	}
	var in struct {
		Offset int64 `json:"offset"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		s.Fatal(err)
	}
	return in.Offset
}
