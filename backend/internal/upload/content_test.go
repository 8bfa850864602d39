package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"handover/backend/internal/upload"
)

// brought uploads content in one request, as the seller, and returns its path.
func (s *site) brought(seller, orderID string, content []byte) string {
	s.Helper()
	r := s.ask("POST", "/uploads/", bytes.NewReader(content), "Content-Type", "application/offset+octet-stream", "Authorization", "Bearer "+seller,
		"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata(orderID, "a"))
	s.want(r, http.StatusCreated, "")
	return r.Header.Get("Location")
}

// oneFile reports whether two uploads share one file.
func (s *site) oneFile(a, b string) bool {
	s.Helper()
	as, err := os.Stat(s.file(a, ".data"))
	if err != nil {
		s.Fatal(err)
	}
	bs, err := os.Stat(s.file(b, ".data"))
	if err != nil {
		s.Fatal(err)
	}
	return os.SameFile(as, bs)
}

func withDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return ",sha256 " + base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:])))
}

func TestSameContentIsKeptOnce(t *testing.T) {
	s := newSite(t)
	content := noise(100_000)
	first := s.brought("ann", "logo", content)
	second := s.create(int64(len(content)))
	s.want(s.patch(second, 0, bytes.NewReader(content)), http.StatusNoContent, "")
	third := s.brought("ann", "film", content)
	final := s.final("Upload-Concat", "final;"+s.parts(cut(content, 50_000))).Header.Get("Location")
	foreign := s.brought("bob", "bobs", content)
	other := s.brought("ann", "logo", content[1:])
	for _, url := range []string{second, third, final} {
		if !s.oneFile(first, url) {
			t.Errorf("%s has a file of its own", url)
		}
	}
	for name, url := range map[string]string{"another seller": foreign, "other content": other} {
		if s.oneFile(first, url) {
			t.Errorf("%s has the same file", name)
		}
	}
	// Removing any of them keeps the others.
	for _, gone := range []string{first, third} {
		s.want(s.ask("DELETE", gone, nil), http.StatusNoContent, "")
		s.wantWhole(second, content)
		s.wantWhole(final, content)
	}
	s.reopen()
	s.wantWhole(s.srv.URL+second, content)
}

// Damaged content on the disk never replaces new content.
func TestDamagedContentIsNotShared(t *testing.T) {
	s := newSite(t)
	content := noise(1000)
	first := s.brought("ann", "logo", content)
	damaged := bytes.Clone(content)
	damaged[500] ^= 1
	overwrite(t, s.file(first, ".data"), damaged)
	second := s.brought("ann", "logo", content)
	s.wantWhole(second, content)
	if s.oneFile(first, second) {
		t.Error("one file")
	}
	overwrite(t, s.file(first, ".data"), content)
}

func TestContentIsReused(t *testing.T) {
	content := noise(100_000)
	for _, tc := range []struct {
		name   string
		header []string
		reused bool
	}{
		{"same seller", nil, true},
		{"another order", []string{"Upload-Metadata", metadata("film", "b") + withDigest(content)}, true},
		{"another seller", []string{"Authorization", "Bearer bob", "Upload-Metadata", metadata("bobs", "b") + withDigest(content)}, false},
		{"another digest", []string{"Upload-Metadata", metadata("logo", "b") + withDigest(content[1:])}, false},
		{"another size", []string{"Upload-Length", strconv.Itoa(len(content) - 1)}, false},
		{"a part", []string{"Upload-Concat", "partial"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			first := s.brought("ann", "logo", content)
			r := s.ask("POST", "/uploads/", nil, append([]string{"Upload-Length", strconv.Itoa(len(content)),
				"Upload-Metadata", metadata("logo", "b.txt") + withDigest(content)}, tc.header...)...)
			s.want(r, http.StatusCreated, "")
			url := r.Header.Get("Location")
			if !tc.reused {
				if len(r.Header["Upload-Offset"]) > 0 || r.Header.Get("Repr-Digest") != "" {
					t.Errorf("%v", r.Header)
				}
				if head := s.ask("HEAD", url, nil, tc.header...); head.Header.Get("Upload-Offset") != "0" {
					t.Errorf("%v", head.Header)
				}
				return
			}
			if r.Header.Get("Upload-Offset") != strconv.Itoa(len(content)) || r.Header.Get("Repr-Digest") != digest(content) {
				t.Errorf("%v", r.Header)
			}
			if idOf(url) == idOf(first) || !s.oneFile(first, url) {
				t.Error("not a link")
			}
			u, err := s.ledger.Upload(context.Background(), idOf(url))
			if err != nil || u.Path == "a" || u.Size != int64(len(content)) {
				t.Errorf("%+v, %v", u, err)
			}
			s.want(s.ask("DELETE", first, nil), http.StatusNoContent, "")
			s.reopen()
			if err := s.svc.Check(context.Background(), u); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReuseIsRefused(t *testing.T) {
	for _, value := range []string{"x", strings.Repeat("g", 64), strings.Repeat("A", 64), strings.Repeat("a", 62), strings.Repeat("a", 66)} {
		s := newSite(t)
		r := s.ask("POST", "/uploads/", nil, "Upload-Length", "1",
			"Upload-Metadata", metadata("logo", "b")+",sha256 "+base64.StdEncoding.EncodeToString([]byte(value)))
		s.want(r, http.StatusBadRequest, "invalid")
	}
	t.Run("an order that is over", func(t *testing.T) {
		s := newSite(t)
		s.brought("ann", "logo", []byte("abc"))
		r := s.ask("POST", "/uploads/", nil, "Upload-Length", "3", "Upload-Metadata", metadata("finished-order", "b")+withDigest([]byte("abc")))
		s.want(r, http.StatusConflict, "conflict")
	})
	t.Run("content whose file is gone", func(t *testing.T) {
		s := newSite(t)
		first := s.brought("ann", "logo", []byte("abc"))
		if err := os.Remove(s.file(first, ".data")); err != nil {
			t.Fatal(err)
		}
		r := s.ask("POST", "/uploads/", nil, "Upload-Length", "3", "Upload-Metadata", metadata("logo", "b")+withDigest([]byte("abc")))
		s.want(r, http.StatusCreated, "")
		if r.Header.Get("Repr-Digest") != "" {
			t.Error("complete, with nothing there")
		}
		s.want(s.ask("DELETE", first, nil), http.StatusNoContent, "")
	})
}

// Opening the folder removes the leftover link of a crash.
func TestLeftoverLink(t *testing.T) {
	s := newSite(t)
	url := s.brought("ann", "logo", []byte("abc"))
	if err := os.Link(s.file(url, ".data"), s.file(url, ".data.tmp")); err != nil {
		t.Fatal(err)
	}
	s.reopen()
	s.wantWhole(s.srv.URL+url, []byte("abc"))
}

func TestQuota(t *testing.T) { onEveryStore(t, testQuota) }

func testQuota(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.Quota = 1000 })
	content := noise(600)
	first := s.brought("ann", "logo", content)
	if again := s.ask("POST", "/uploads/", nil, "Upload-Length", "600", "Upload-Metadata", metadata("logo", "b")+withDigest(content)); again.StatusCode != http.StatusCreated {
		t.Errorf("content counts twice: %d %s", again.StatusCode, again.body)
	}
	part := s.part(noise(300))
	full := func(size int, code string, header ...string) {
		t.Helper()
		status := http.StatusCreated
		if code != "" {
			status = http.StatusInsufficientStorage
		}
		s.want(s.ask("POST", "/uploads/", nil, append([]string{"Upload-Length", strconv.Itoa(size), "Upload-Metadata", metadata("logo", "c")}, header...)...), status, code)
	}
	full(101, "quota_exceeded")
	full(101, "quota_exceeded", "Upload-Concat", "partial")
	full(101, "", "Authorization", "Bearer bob", "Upload-Metadata", metadata("bobs", "x"))
	full(50, "")
	s.reopen()
	full(51, "quota_exceeded")
	// The parts of a final upload do not count twice.
	s.want(s.final("Upload-Concat", "final;"+part), http.StatusCreated, "")
	full(51, "quota_exceeded")
	s.want(s.ask("DELETE", first, nil), http.StatusNoContent, "")
	full(51, "quota_exceeded") // equal content counts once
	full(50, "")
}

func TestReserve(t *testing.T) {
	reserve := int64(0)
	s := newSite(t, func(c *upload.Config) { c.Reserve = reserve })
	url := s.create(100)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	reserve = 1 << 60
	s.reopen()
	s.want(s.patch(url, 3, strings.NewReader("abc")), http.StatusInsufficientStorage, "disk_full")
	s.want(s.ask("POST", "/uploads/", nil, "Upload-Length", "1", "Upload-Metadata", metadata("logo", "c")), http.StatusInsufficientStorage, "disk_full")
	if at := s.offset(url); at != 3 {
		t.Errorf("offset %d", at)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*")); len(left) != 2 {
		t.Errorf("on the disk: %v", left)
	}
	s.want(s.ask("DELETE", url, nil), http.StatusNoContent, "")
}

var _ upload.Ledger = (*ledger)(nil)
