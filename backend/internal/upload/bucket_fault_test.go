package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend/internal/upload"
)

// gateway is a proxy between a service and its bucket.
type gateway struct {
	*httptest.Server
	mu sync.Mutex
	// meddle, when set, may answer a request in place of the bucket.
	meddle func(w http.ResponseWriter, r *http.Request) bool
	// answered, when set, is called with the answers of the bucket.
	answered func(r *http.Request)
}

// throughGateway makes a site whose bucket is behind a gateway.
func throughGateway(t *testing.T, configure ...func(*upload.Config)) (*site, *gateway) {
	b := storage.Bucket(t)
	target, err := url.Parse(b.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{}
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }, // which is signed
		Transport: transport, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		meddle, answered := g.meddle, g.answered
		g.mu.Unlock()
		if meddle != nil && meddle(w, r) {
			return
		}
		proxy.ServeHTTP(w, r)
		if answered != nil {
			answered(r)
		}
	}))
	t.Cleanup(func() { transport.CloseIdleConnections(); g.Close() })
	behind := b
	behind.Endpoint = g.URL
	s := newSite(t, append([]func(*upload.Config){in(behind)}, configure...)...)
	s.bucket = &b
	return s, g
}

func (g *gateway) set(meddle func(http.ResponseWriter, *http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.meddle = meddle
}

func isPart(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Query().Has("partNumber")
}

// fail answers like a faulty service.
func fail(w http.ResponseWriter, r *http.Request) bool {
	_, _ = io.Copy(io.Discard, r.Body)
	w.WriteHeader(http.StatusInternalServerError)
	return true
}

// Small parts have the minimum size of S3.
const smallPart = 5 << 20

func smallParts(s *site) *site { s.svc.SetPartSize(smallPart); return s }

// A failed part ends the request. The parts before it stay, without a gap, and the
// upload can be completed.
func TestPartFails(t *testing.T) {
	s, g := throughGateway(t, func(c *upload.Config) { c.MaxFileSize = 1 << 30 })
	smallParts(s)
	content := noise(40*smallPart - 1000)
	url := s.create(int64(len(content)))
	var parts atomic.Int64
	g.set(func(w http.ResponseWriter, r *http.Request) bool {
		// One of several parts fails, with all of its repetitions.
		return isPart(r) && (r.URL.Query().Get("partNumber") == "17" || parts.Add(1) > 39) && fail(w, r)
	})
	s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusServiceUnavailable, "unavailable")
	g.set(nil)
	at := s.offset(url)
	if at != 16*smallPart {
		t.Fatalf("it stands at %d, want 16 parts", at)
	}
	s.reopen()
	smallParts(s)
	url = s.srv.URL + url
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(url, content)
	if n := multiparts(t, s.bucket); n != 0 {
		t.Errorf("%d multipart uploads are left", n)
	}
	if keys := objects(t, s.bucket); len(keys) != 1 {
		t.Errorf("left: %q", keys)
	}
}

// Bytes before a cut are kept even when they are too few for a part, after every cut.
func TestManyCuts(t *testing.T) {
	s := smallParts(newBucketSite(t))
	content := noise(2*smallPart + 77)
	url := s.create(int64(len(content)))
	for _, n := range []int{1, 1000, 300_000, 1, 2 << 20, 3 << 20, 4 << 20, smallPart} {
		at := s.offset(url)
		end := min(len(content), int(at)+n)
		body := io.MultiReader(bytes.NewReader(content[at:end]), readerFunc(func([]byte) (int, error) { return 0, errors.New("cut") }))
		if end == len(content) {
			s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
			break
		}
		if r, err := s.try("PATCH", url, body, "Content-Type", offsetType, "Upload-Offset", strconv.FormatInt(at, 10)); err == nil {
			t.Fatalf("answered with %d", r.StatusCode)
		}
		// The server notices the cut later.
		for s.offset(url) != int64(end) {
			if got := s.offset(url); got > int64(end) {
				t.Fatalf("offset %d of %d", got, end)
			}
		}
		if tails := countOf(objects(t, s.bucket), "tail/"); tails > 1 {
			t.Errorf("%d tails", tails)
		}
	}
	s.wantWhole(url, content)
	if keys := objects(t, s.bucket); len(keys) != 1 {
		t.Errorf("left: %q", keys)
	}
}

func countOf(keys []string, prefix string) (n int) {
	for _, k := range keys {
		if strings.HasPrefix(k, prefix) {
			n++
		}
	}
	return n
}

// An aborted multipart upload cannot continue, and the client learns that. A multipart
// upload that was completed without an answer is complete.
func TestMultipartIsGone(t *testing.T) {
	s := smallParts(newBucketSite(t))
	content := noise(3 * smallPart)
	url := s.create(int64(len(content)))
	s.want(s.patch(url, 0, bytes.NewReader(content[:2*smallPart])), http.StatusNoContent, "")
	if multiparts(t, s.bucket) != 1 {
		t.Fatal("no multipart upload")
	}
	endMultiparts(t, *s.bucket)
	s.want(s.patch(url, 2*smallPart, bytes.NewReader(content[2*smallPart:])), http.StatusGone, "upload_damaged")
	s.want(s.ask("HEAD", url, nil), http.StatusNotFound, "")
	if keys := objects(t, s.bucket); len(keys) != 0 {
		t.Errorf("left: %q", keys)
	}
}

// The answer to the last request is lost. The content is stored nonetheless, and a HEAD
// records it.
func TestPutTogetherUnheard(t *testing.T) {
	s, g := throughGateway(t)
	smallParts(s)
	content := noise(2*smallPart + 5)
	url := s.create(int64(len(content)))
	var completed, heads atomic.Int64
	g.set(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") && completed.Add(1) == 1 {
			// The request succeeds, and then every request fails.
			direct := *r.URL
			direct.Scheme, direct.Host = "http", strings.TrimPrefix(s.bucket.Endpoint, "http://")
			req, err := http.NewRequestWithContext(context.Background(), r.Method, direct.String(), r.Body)
			if err != nil {
				t.Error(err)
				return true
			}
			req.Header, req.Host, req.ContentLength = r.Header, r.Host, r.ContentLength
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Do(req)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%v %v", resp, err)
				return true
			}
			resp.Body.Close()
			return fail(w, r)
		}
		return r.Method == http.MethodHead && heads.Add(1) <= 3 && fail(w, r)
	})
	r := s.patch(url, 0, bytes.NewReader(content))
	g.set(nil)
	if r.StatusCode != http.StatusServiceUnavailable || completed.Load() == 0 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	s.reopen()
	s.wantWhole(s.srv.URL+url, content)
	if keys := objects(t, s.bucket); len(keys) != 1 {
		t.Errorf("left: %q", keys)
	}
}

// A part of a server that lost the upload's lock arrives after another server has
// continued. It replaces no other part, and its server stores no more offsets.
func TestLatePart(t *testing.T) {
	o := &others{}
	a, g := throughGateway(t, func(c *upload.Config) { c.Lock = o.lock })
	smallParts(a)
	content := noise(4 * smallPart)
	url := a.create(int64(len(content)))
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	g.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) && r.URL.Query().Get("partNumber") == "2" {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(raw))
			once.Do(func() { close(held) })
			<-release
		}
		return false
	})
	done := make(chan reply)
	go func() {
		r, _ := a.try("PATCH", url, bytes.NewReader(content[:2*smallPart]), "Content-Type", offsetType, "Upload-Offset", "0")
		done <- r
	}()
	<-held
	o.set(func() { o.lost = true })
	// Another server, with the same bucket and ledger, gets other bytes.
	b := newSite(t, in(*a.bucket))
	b.bucket, b.ledger = a.bucket, a.ledger
	b.reopen()
	smallParts(b)
	there := b.srv.URL + url
	at := b.offset(there)
	other := append(bytes.Clone(content[:at]), bytes.Repeat([]byte("other "), len(content)/6+1)...)[:len(content)]
	b.want(b.patch(there, at, bytes.NewReader(other[at:3*smallPart])), http.StatusNoContent, "")
	close(release)
	if r := <-done; r.StatusCode != http.StatusServiceUnavailable || r.problem.Code != "upload_interrupted" {
		t.Errorf("who lost the lock says %d %s", r.StatusCode, r.body)
	}
	o.set(func() { o.lost = false })
	b.want(b.patch(there, b.offset(there), bytes.NewReader(other[3*smallPart:])), http.StatusNoContent, "")
	b.wantWhole(there, other)
}

// With too little room for all uploads at once, every upload is completed.
func TestLittleTemporarySpace(t *testing.T) {
	const room = 2 * smallPart
	s := newBucketSite(t, func(c *upload.Config) { c.Bucket.Temp = room })
	smallParts(s)
	content := noise(3*smallPart + 11)
	var all sync.WaitGroup
	urls := make([]string, 6)
	for i := range urls {
		urls[i] = s.create(int64(len(content)))
		all.Go(func() {
			r, err := s.try("PATCH", urls[i], bytes.NewReader(content), "Content-Type", offsetType, "Upload-Offset", "0")
			if err != nil || r.StatusCode != http.StatusNoContent {
				t.Errorf("%d %s %v", r.StatusCode, r.body, err)
			}
		})
	}
	all.Wait()
	for _, url := range urls {
		s.wantWhole(url, content)
	}
	if left, err := os.ReadDir(s.dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A client that waits for a slow storage does not hit the timeout of silent clients.
func TestSlowStorage(t *testing.T) {
	s, g := throughGateway(t, func(c *upload.Config) { c.NetworkTimeout, c.Bucket.Temp = 2*time.Second, smallPart })
	smallParts(s)
	g.set(func(_ http.ResponseWriter, r *http.Request) bool {
		if isPart(r) && r.URL.Query().Get("partNumber") == "1" {
			time.Sleep(2500 * time.Millisecond) // it is slow
		}
		return false
	})
	content := noise(4 * smallPart)
	url := s.create(int64(len(content)))
	s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusNoContent, "")
	s.wantWhole(url, content)
}
