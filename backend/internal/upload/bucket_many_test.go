package upload_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend/internal/upload"
	"handover/backend/internal/upload/janitor"
)

// twoServers share a bucket, a ledger and locks.
func twoServers(t *testing.T, configure ...func(*upload.Config)) (a, b *site) {
	l := &locksInCommon{held: map[string]chan struct{}{}}
	with := func(c *upload.Config) { c.Lock = l.lock }
	a = newBucketSite(t, append(configure, with)...)
	b = newSite(t, append(configure, in(*a.bucket), with)...)
	b.bucket, b.ledger = a.bucket, a.ledger
	b.reopen()
	return smallParts(a), smallParts(b)
}

// locksInCommon are what a database keeps for several servers.
type locksInCommon struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

func (l *locksInCommon) lock(ctx context.Context, id string, _ func()) (func(context.Context) error, func(), error) {
	for {
		l.mu.Lock()
		other, taken := l.held[id]
		if !taken {
			mine := make(chan struct{})
			l.held[id] = mine
			l.mu.Unlock()
			release := func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				delete(l.held, id)
				close(mine)
			}
			return func(context.Context) error { return nil }, release, nil
		}
		l.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

// Two servers receive the pieces of an upload in turn.
func TestTwoServersTakeTurns(t *testing.T) {
	a, b := twoServers(t)
	content := noise(3*smallPart + 500_000)
	url := a.create(int64(len(content)))
	at := 0
	for i := 0; at < len(content); i++ {
		s := []*site{a, b}[i%2]
		n := min(len(content)-at, []int{1, 2 << 20, 4 << 20, smallPart}[i%4])
		if got := s.offset(s.srv.URL + url); got != int64(at) {
			t.Fatalf("server %d has %d of %d", i%2, got, at)
		}
		s.want(s.patch(s.srv.URL+url, int64(at), bytes.NewReader(content[at:at+n])), http.StatusNoContent, "")
		at += n
	}
	b.wantWhole(b.srv.URL+url, content)
	a.wantWhole(a.srv.URL+url, content)
}

// Both servers get requests for the final upload of the same parts, and for its offset.
// One of them assembles it.
func TestTwoServersMakeOneFinal(t *testing.T) {
	a, b := twoServers(t)
	content := noise(2*smallPart + 9)
	list := a.parts(cut(content, 3, smallPart+1))
	var all sync.WaitGroup
	places := make([]string, 6)
	for i := range places {
		s := []*site{a, b}[i%2]
		all.Go(func() {
			r := s.final("Upload-Concat", "final;"+list)
			places[i] = r.Header.Get("Location")
			if r.StatusCode != http.StatusCreated {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
	all.Wait()
	if slices.Sort(places); places[0] != places[5] {
		t.Fatalf("several: %q", places)
	}
	a.wantWhole(a.srv.URL+places[0], content)
	b.wantWhole(b.srv.URL+places[0], content)
	if keys := objects(t, a.bucket); countOf(keys, "content/") != 1 || countOf(keys, "open/") != 0 {
		t.Errorf("in the bucket: %q", keys)
	}
	if n := multiparts(t, a.bucket); n != 0 {
		t.Errorf("%d multipart uploads are left", n)
	}
}

// Two concurrent janitors remove only leftovers. A server learns of the unfinished
// uploads of the other.
func TestTwoJanitors(t *testing.T) {
	c := &clock{}
	a, b := twoServers(t, func(k *upload.Config) { k.Now = c.now })
	sh := shelf{a.ledger, map[string]time.Time{}}
	whole := a.brought("ann", "logo", noise(100))
	old, parts, kept := a.create(10), a.create(3*smallPart), b.create(3*smallPart)
	a.want(a.patch(old, 0, strings.NewReader("abcd")), http.StatusNoContent, "")
	a.want(a.patch(parts, 0, bytes.NewReader(noise(smallPart+1))), http.StatusNoContent, "")
	b.want(b.patch(b.srv.URL+kept, 0, bytes.NewReader(noise(smallPart+1))), http.StatusNoContent, "")
	none := strings.Repeat("a", 26)
	for _, key := range []string{"content/" + none, "tail/" + none + "/" + none, "tail/" + idOf(kept) + "/" + none} {
		put(t, a.bucket.Dir, key, "left")
	}
	put(t, a.bucket.Dir, "notes/of somebody else", "not ours")
	beginMultipart(t, *a.bucket, "content/"+none)
	asOfNow(t, a.bucket.Dir)
	a.sweep(sh, janitor.Swept{})
	c.forward(6 * day)
	b.want(b.patch(b.srv.URL+kept, smallPart+1, bytes.NewReader(noise(1))), http.StatusNoContent, "")
	c.forward(2 * day)
	var all sync.WaitGroup
	for _, s := range []*site{a, b} {
		all.Go(func() {
			if _, err := s.svc.Janitor.Sweep(context.Background(), sh, false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for url, status := range map[string]int{old: 404, parts: 404, kept: 200, whole: 200} {
		if r := b.ask("HEAD", b.srv.URL+url, nil); r.StatusCode != status {
			t.Errorf("%s: %d, want %d", url, r.StatusCode, status)
		}
	}
	keys := objects(t, a.bucket)
	if countOf(keys, "content/") != 1 || countOf(keys, "tail/") != 1 || countOf(keys, "open/") != 1 || countOf(keys, "notes/") != 1 || len(keys) != 4 {
		t.Errorf("in the bucket: %q", keys)
	}
	if n := multiparts(t, a.bucket); n != 1 {
		t.Errorf("%d multipart uploads, want that of the one which goes on", n)
	}
	rest := append(noise(smallPart+1), append(noise(1), noise(2*smallPart-2)...)...)
	b.want(b.patch(b.srv.URL+kept, smallPart+2, bytes.NewReader(rest[smallPart+2:])), http.StatusNoContent, "")
	b.wantWhole(b.srv.URL+kept, rest)
}

func put(t *testing.T, dir, key, content string) {
	t.Helper()
	name := filepath.Join(dir, key)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	overwrite(t, name, []byte(content))
}

// A dry run predicts the sweep.
func TestJanitorOfABucket(t *testing.T) {
	c := &clock{}
	s := newBucketSite(t, func(k *upload.Config) { k.Now = c.now })
	sh := shelf{s.ledger, map[string]time.Time{}}
	old, part := s.create(10), s.part([]byte("abc"))
	s.want(s.patch(old, 0, strings.NewReader("abcd")), http.StatusNoContent, "")
	loose, delivered := s.brought("ann", "logo", noise(100)), s.brought("ann", "logo", noise(200))
	s.ledger.set(func(l *ledger) { l.delivered[idOf(delivered)] = true })
	put(t, s.bucket.Dir, "content/"+strings.Repeat("a", 26), "left")
	sh.over["logo"] = c.now()
	c.forward(8 * day)
	s.sweep(sh, janitor.Swept{Abandoned: 2, Undelivered: 1, Leftovers: 1, Bytes: 7 + 100 + 4})
	s.wantWhole(delivered, noise(200))
	for _, url := range []string{old, part, loose} {
		s.want(s.ask("HEAD", url, nil), http.StatusNotFound, "")
	}
}

// Reading at any offset returns the stored bytes, even when requests are interrupted.
func TestReadFromABucket(t *testing.T) {
	s, g := throughGateway(t)
	content := noise(3 << 20)
	url := s.brought("ann", "logo", content)
	var n atomic.Int64
	g.set(func(w http.ResponseWriter, r *http.Request) bool {
		if n.Add(1)%3 != 0 || r.Method != http.MethodGet {
			return false
		}
		w.Header().Set("Content-Length", "100000") // of which few come
		_, _ = w.Write(content[:0])
		panic(http.ErrAbortHandler)
	})
	f, err := s.svc.OpenFile(t.Context(), idOf(url))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		from := random.Int64N(int64(len(content)) + 1)
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		want := content[from:min(len(content), int(from)+random.IntN(700_000))]
		got := make([]byte, len(want))
		if _, err := io.ReadFull(f, got); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes from %d: %v", len(want), from, err)
		}
	}
	if at, err := f.Seek(-5, io.SeekEnd); err != nil || at != int64(len(content))-5 {
		t.Errorf("%d, %v", at, err)
	}
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content[len(content)-5:]) {
		t.Errorf("the end: %d bytes, %v", len(got), err)
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("there is nothing before the beginning")
	}
	g.set(fail)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, f); err == nil || n > 0 || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes of a service that is away, %v", n, err)
	}
	g.set(nil)
}

// The service copies stored content, and the check finds damage.
func TestContentInABucket(t *testing.T) {
	s := newBucketSite(t)
	content := noise(100_000)
	first := s.brought("ann", "logo", content)
	sum := s.ledger.records[idOf(first)].SHA256
	r := s.ask("POST", "/uploads/", nil, "Upload-Length", "100000", "Upload-Metadata", metadata("film", "b.bin")+",sha256 "+base64.StdEncoding.EncodeToString([]byte(sum)))
	s.want(r, http.StatusCreated, "")
	if r.Header.Get("Upload-Offset") != "100000" {
		t.Errorf("it stands at %s", r.Header.Get("Upload-Offset"))
	}
	u := s.ledger.records[idOf(r.Header.Get("Location"))]
	if err := s.svc.Check(t.Context(), u); err != nil || u.OrderID != "film" {
		t.Errorf("%+v, %v", u, err)
	}
	name := filepath.Join(s.bucket.Dir, "content", u.ID)
	for what, damage := range map[string]string{"shorter": "ab", "other": strings.Repeat("x", 100_000)} {
		put(t, s.bucket.Dir, "content/"+u.ID, damage)
		if err := s.svc.Check(t.Context(), u); err == nil {
			t.Errorf("%s: no problem found", what)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := s.svc.Check(t.Context(), u); err == nil {
		t.Error("missing: no problem found")
	}
	s.ledger.set(func(l *ledger) { delete(l.records, u.ID) })
}

// Content that is larger than a part is adopted in several parts, or not at all.
func TestAdoptInParts(t *testing.T) {
	s := smallParts(newBucketSite(t))
	content := noise(2*smallPart + 1)
	u := recordOf("abcdefghijklmnopqrstuvwxyz", content)
	for _, wrong := range [][]byte{content[1:], append(bytes.Clone(content), 'x'), append([]byte("x"), content[1:]...)} {
		if err := s.svc.Adopt(t.Context(), u, bytes.NewReader(wrong)); err == nil {
			t.Error("wrong content was adopted")
		}
		if n := multiparts(t, s.bucket); n != 0 {
			t.Errorf("%d multipart uploads are left", n)
		}
		s.wantNothing()
	}
	if err := s.svc.Adopt(t.Context(), u, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	s.ledger.set(func(l *ledger) { l.records[u.ID] = u })
	s.wantWhole(s.srv.URL+"/uploads/"+u.ID, content)
}
