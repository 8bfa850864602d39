package tus_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"

	"handover/app/internal/tus"
)

const mib = 1 << 20

// watcher notes what an upload tells.
type watcher struct {
	created []string
	offsets []int64
	reread  int64
}

func (w *watcher) events() tus.Events {
	return tus.Events{
		Created:  func(url string) error { w.created = append(w.created, url); return nil },
		Progress: func(n int64) { w.offsets = append(w.offsets, n) },
		Reread:   func(done, _ int64) { w.reread = done },
	}
}

func hexSum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func reprDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// deliver uploads and requires that the server then has the content, that the
// digest is that of the whole file, and that the progress ended at its size.
func deliver(t *testing.T, s *server, c *tus.Client, src tus.Source, content []byte) (tus.Result, *watcher) {
	t.Helper()
	w := &watcher{}
	res, err := c.Upload(t.Context(), src, w.events())
	if err != nil {
		t.Fatalf("upload: %v (requests: %s)", err, s.requests())
	}
	got, err := os.ReadFile(s.stored(res.URL))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Fatalf("the server has %d bytes that differ from the file's %d", len(got), len(content))
	}
	if want := hexSum(content); res.SHA256 != want {
		t.Errorf("SHA256 = %s, want %s", res.SHA256, want)
	}
	if n := len(w.offsets); n == 0 || w.offsets[n-1] != int64(len(content)) {
		t.Errorf("progress %v does not end at %d", w.offsets, len(content))
	}
	return res, w
}

func TestUpload(t *testing.T) {
	for _, tc := range []struct {
		name   string
		size   int
		change func(*tus.Config)
		want   string
	}{
		{"empty", 0, nil, "POST, HEAD"},
		{"one byte", 1, nil, "POST, HEAD"},
		{"the largest that goes with the creation", mib, nil, "POST, HEAD"},
		{"one byte more", mib + 1, nil, "POST, PATCH 0, HEAD"},
		{"many buffers", 5*tus.ReadSize + 17, nil, "POST, PATCH 0, HEAD"},
		{"never inline", 10, func(c *tus.Config) { c.InlineSize = -1 }, "POST, PATCH 0, HEAD"},
		{"empty, never inline", 0, func(c *tus.Config) { c.InlineSize = -1 }, "POST, HEAD"},
		{"in bounded requests", 3 * mib, func(c *tus.Config) { c.MaxRequest = mib + 5 },
			"POST, PATCH 0, PATCH 1048581, PATCH 2097162, HEAD"},
		{"inline and bounded", 300, func(c *tus.Config) { c.MaxRequest = 200 }, "POST, PATCH 200, HEAD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			if tc.change == nil {
				tc.change = func(*tus.Config) {}
			}
			src, content := writeFile(t, tc.size)
			res, w := deliver(t, s, s.client(t, tc.change), src, content)
			if got := s.requests(); got != tc.want {
				t.Errorf("requests: %s; want %s", got, tc.want)
			}
			if len(w.created) != 1 || w.created[0] != res.URL {
				t.Errorf("created %q, result %q", w.created, res.URL)
			}
		})
	}
}

func TestCreatedComesBeforeContent(t *testing.T) {
	s := newServer(t)
	src, _ := writeFile(t, 2*mib)
	failed := fmt.Errorf("no room for the address")
	res, err := s.client(t).Upload(t.Context(), src, tus.Events{Created: func(string) error { return failed }})
	wantError(t, err, failed)
	if got := s.requests(); got != "POST" {
		t.Errorf("requests: %s", got)
	}
	if info, err := os.Stat(s.stored(res.URL)); err != nil || info.Size() != 0 {
		t.Errorf("content was sent: %v, %v", info, err)
	}
}

func TestMetadataReachesTheServer(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 10)
	src.Metadata = map[string]string{"filename": "Entwurf für Øystein — 最終版.psd", "order": "7", "empty": ""}
	res, _ := deliver(t, s, s.client(t), src, content)
	data, err := os.ReadFile(s.stored(res.URL) + ".info")
	if err != nil {
		t.Fatal(err)
	}
	var info struct{ MetaData map[string]string }
	if err := json.Unmarshal(data, &info); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(info.MetaData) != fmt.Sprint(src.Metadata) {
		t.Errorf("the server has %v", info.MetaData)
	}
	src.Metadata = map[string]string{"two words": "x"}
	if _, err := s.client(t).Upload(t.Context(), src, tus.Events{}); err == nil {
		t.Error("a key with a space was accepted")
	}
}

func TestServerDigest(t *testing.T) {
	for _, size := range []int{0, 100, 2 * mib} {
		src, content := writeFile(t, size)
		digest := adding("Repr-Digest", reprDigest(content))
		last, want := "PATCH", "POST, PATCH 0"
		if size <= mib {
			last, want = "POST", "POST"
		}
		t.Run(fmt.Sprintf("with the last answer, %d bytes", size), func(t *testing.T) {
			s := newServer(t)
			s.on(last, digest)
			res, _ := deliver(t, s, s.client(t), src, content)
			if res.ServerSHA256 != res.SHA256 {
				t.Errorf("ServerSHA256 = %q", res.ServerSHA256)
			}
			if got := s.requests(); got != want {
				t.Errorf("requests: %s; want %s", got, want)
			}
		})
		t.Run(fmt.Sprintf("from HEAD, %d bytes", size), func(t *testing.T) {
			s := newServer(t)
			s.on("HEAD", digest)
			res, _ := deliver(t, s, s.client(t), src, content)
			if res.ServerSHA256 != res.SHA256 {
				t.Errorf("ServerSHA256 = %q", res.ServerSHA256)
			}
		})
	}
	t.Run("that HEAD does not give", func(t *testing.T) {
		s := newServer(t)
		s.on("HEAD", refuse(500, ""))
		src, content := writeFile(t, 100)
		if res, _ := deliver(t, s, s.client(t), src, content); res.ServerSHA256 != "" {
			t.Errorf("ServerSHA256 = %q", res.ServerSHA256)
		}
	})
	t.Run("that differs is handed on", func(t *testing.T) {
		s := newServer(t)
		s.on("POST", adding("Repr-Digest", reprDigest([]byte("other"))))
		src, content := writeFile(t, 100)
		if res, _ := deliver(t, s, s.client(t), src, content); res.ServerSHA256 != hexSum([]byte("other")) {
			t.Errorf("ServerSHA256 = %q", res.ServerSHA256)
		}
	})
}

// interrupted returns a source whose upload has the first n bytes.
func interrupted(t *testing.T, s *server, size int, n int64) (tus.Source, []byte) {
	t.Helper()
	src, content := writeFile(t, size)
	s.on("PATCH", cut(n))
	w := &watcher{}
	_, err := s.client(t, func(c *tus.Config) { c.MaxFailures = 1 }).Upload(t.Context(), src, w.events())
	wantError(t, err, tus.ErrNetwork)
	src.URL = w.created[0]
	s.requests()
	return src, content
}

func TestResume(t *testing.T) {
	for _, n := range []int64{0, 1, tus.ReadSize, 3*mib - 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newServer(t)
			src, content := interrupted(t, s, 3*mib, n)
			res, w := deliver(t, s, s.client(t), src, content)
			if want := fmt.Sprintf("HEAD, PATCH %d, HEAD", n); s.requests() != want {
				t.Errorf("want %s", want)
			}
			if w.offsets[0] != n || w.reread != n || len(w.created) != 0 || res.URL != src.URL {
				t.Errorf("progress from %d, %d reread, created %v", w.offsets[0], w.reread, w.created)
			}
		})
	}
	t.Run("of a complete upload", func(t *testing.T) {
		s := newServer(t)
		src, content := writeFile(t, 2*mib)
		res, _ := deliver(t, s, s.client(t), src, content)
		s.requests()
		src.URL = res.URL
		s.on("HEAD", adding("Repr-Digest", reprDigest(content)))
		if res, _ := deliver(t, s, s.client(t), src, content); res.ServerSHA256 != res.SHA256 {
			t.Errorf("ServerSHA256 = %q", res.ServerSHA256)
		}
		if got := s.requests(); got != "HEAD" {
			t.Errorf("requests: %s", got)
		}
	})
}

func TestUploadsShareAClient(t *testing.T) {
	s := newServer(t)
	c := s.client(t)
	var wg sync.WaitGroup
	for i := range 4 {
		src, content := writeFile(t, 2*mib+i)
		wg.Go(func() {
			res, err := c.Upload(context.Background(), src, tus.Events{})
			if err != nil || res.SHA256 != hexSum(content) {
				t.Errorf("upload %d: %v, %+v", i, err, res)
			}
		})
	}
	wg.Wait()
}
