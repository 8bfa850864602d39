package backend_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"handover/backend/order"
)

func (p placed) filePath(n, id string) string { return p.path("/deliveries/" + n + "/files/" + id) }

func TestDownload(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	path := p.filePath("1", p.file.ID)
	tag := `"` + p.file.SHA256 + `"`
	sum, _ := hex.DecodeString(p.file.SHA256)
	for _, test := range []struct {
		name, method string
		header       []string
		status       int
		body, rng    string
	}{
		{"whole", "GET", nil, 200, content, ""},
		{"head", "HEAD", nil, 200, "", ""},
		{"the first bytes", "GET", []string{"Range", "bytes=0-3"}, 206, content[:4], "bytes 0-3/21"},
		{"to the end", "GET", []string{"Range", "bytes=4-"}, 206, content[4:], "bytes 4-20/21"},
		{"the last bytes", "GET", []string{"Range", "bytes=-4"}, 206, content[17:], "bytes 17-20/21"},
		{"beyond the end", "GET", []string{"Range", "bytes=21-"}, 416, "", "bytes */21"},
		{"the same file goes on", "GET", []string{"Range", "bytes=4-", "If-Range", tag}, 206, content[4:], "bytes 4-20/21"},
		{"another file begins anew", "GET", []string{"Range", "bytes=4-", "If-Range", `"other"`}, 200, content, ""},
		{"a weak tag is not the same", "GET", []string{"Range", "bytes=4-", "If-Range", "W/" + tag}, 200, content, ""},
		{"not modified", "GET", []string{"If-None-Match", tag}, 304, "", ""},
		{"a precondition", "GET", []string{"If-Match", `"other"`}, 412, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, as := range []string{s.eva, p.buyer} {
				a := s.send(request{method: test.method, path: path, as: as, header: test.header})
				if a.StatusCode != test.status || a.Header.Get("Content-Range") != test.rng {
					t.Fatalf("answered with %s, %q; want %d, %q", a.Status, a.Header.Get("Content-Range"), test.status, test.rng)
				}
				if test.status < 300 && string(a.raw) != test.body {
					t.Errorf("the bytes are %q, want %q", a.raw, test.body)
				}
				if test.status < 400 && a.Header.Get("ETag") != tag {
					t.Errorf("the tag is %s, want %s", a.Header.Get("ETag"), tag)
				}
			}
		})
	}
	h := s.send(request{method: "HEAD", path: path, as: p.buyer}).Header
	for name, want := range map[string]string{
		"Content-Length": "21", "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `attachment; filename="Hochzeit _.jpg"; filename*=UTF-8''Hochzeit%20%C3%A4.jpg`,
		"Repr-Digest":         "sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a delivered page could run: %q", h.Get("Content-Security-Policy"))
	}
}

func TestArchive(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	a := s.send(request{method: "GET", path: p.path("/deliveries/1/archive.zip"), as: p.buyer})
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/zip" || a.ContentLength != int64(len(a.raw)) {
		t.Fatalf("the archive is %s, %v, %d bytes", a.Status, a.Header, len(a.raw))
	}
	z, err := zip.NewReader(bytes.NewReader(a.raw), int64(len(a.raw)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != deliveredPath {
		t.Fatalf("the archive holds %v, error %v", z, err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(f); err != nil || string(raw) != content {
		t.Errorf("the file in the archive is %q, error %v", raw, err)
	}
}

// Before a delivery names it, nobody gets an upload; afterwards the order's
// parties get it, by this order and this delivery alone.
func TestPrivateUntilDelivered(t *testing.T) {
	s := newSite(t)
	p, other := s.order(active), s.order(delivered)
	p.file = s.upload(s.eva, p.id, deliveredPath, content)
	paths := func() map[string]string {
		return map[string]string{
			p.filePath("1", p.file.ID): p.buyer, other.filePath("1", p.file.ID): other.buyer,
			p.filePath("1", other.file.ID): p.buyer, p.filePath("2", p.file.ID): p.buyer,
		}
	}
	for path, as := range paths() {
		for _, as := range []string{as, s.eva} {
			s.send(request{method: "GET", path: path, as: as}).refused(t, http.StatusNotFound, order.NotFound)
		}
	}
	s.send(request{method: "GET", path: p.path("/deliveries/1/archive.zip"), as: p.buyer}).refused(t, http.StatusNotFound, order.NotFound)
	for _, method := range []string{"GET", "HEAD"} {
		if a := s.send(request{method: method, path: "/uploads/" + p.file.ID, as: p.buyer, header: []string{"Tus-Resumable", "1.0.0"}}); a.StatusCode < 400 {
			t.Errorf("the buyer's %s of an upload is answered with %s", method, a.Status)
		}
	}
	s.deliver(s.eva, p)
	for path, as := range paths() {
		a := s.send(request{method: "GET", path: path, as: as})
		if path == p.filePath("1", p.file.ID) {
			if a.StatusCode != http.StatusOK || string(a.raw) != content {
				t.Errorf("the delivered file is answered with %s %s", a.Status, a.raw)
			}
		} else {
			a.refused(t, http.StatusNotFound, order.NotFound)
		}
	}
}

// What goes up needs its order's seller, and an order that can be delivered.
func TestWhoMayUpload(t *testing.T) {
	s := newSite(t)
	create := func(as string, p placed) answer {
		return s.send(request{method: "POST", path: "/uploads/", as: as, header: []string{
			"Tus-Resumable", "1.0.0", "Upload-Length", "3",
			"Upload-Metadata", "order " + base64.StdEncoding.EncodeToString([]byte(p.id)) + ",path " + base64.StdEncoding.EncodeToString([]byte("a")),
		}})
	}
	for _, state := range states() {
		p := s.order(state)
		want := http.StatusCreated
		if state == completed || state == cancelled {
			want = http.StatusConflict
		}
		if a := create(s.eva, p); a.StatusCode != want {
			t.Errorf("an upload for an order that is %s is answered with %s %s; want %d", state, a.Status, a.raw, want)
		}
		create(s.otto, p).refused(t, http.StatusNotFound, order.NotFound)
		for _, as := range []string{"", p.buyer, "guess"} {
			if a := create(as, p); a.StatusCode != http.StatusUnauthorized || a.Header.Get("Location") != "" {
				t.Errorf("an upload by %q is answered with %s", as, a.Status)
			}
		}
	}
	create(s.eva, placed{id: "absent"}).refused(t, http.StatusNotFound, order.NotFound)
}
