package upload_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"handover/backend/internal/upload"
	"handover/backend/order"
)

// packed is a file in a bundle.
func packed(metadata string, content []byte) string {
	return fmt.Sprintf("%d %s\n%s", len(content), metadata, content)
}

func (s *site) bundle(body io.Reader, header ...string) reply {
	s.Helper()
	return s.ask("POST", "/uploads/", body, append([]string{"Content-Type", "application/vnd.handover.bundle"}, header...)...)
}

type toldOf struct{ Location, SHA256 string }

func told(t *testing.T, r reply) (list []toldOf) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBundle(t *testing.T) { onEveryStore(t, testBundle) }

func testBundle(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	var body strings.Builder
	var contents [][]byte
	for n := range 128 {
		content := noise(1 + 500*n + n%2)
		contents = append(contents, content)
		body.WriteString(packed(metadata("logo", fmt.Sprintf("größe/%d.txt", n)), content))
	}
	r := s.bundle(strings.NewReader(body.String()))
	s.want(r, http.StatusOK, "")
	list := told(t, r)
	if len(list) != len(contents) {
		t.Fatalf("the answer is about %d files", len(list))
	}
	s.reopen()
	for i, one := range list {
		s.wantWhole(s.srv.URL+one.Location, contents[i])
		u := s.ledger.records[idOf(one.Location)]
		if u.Path != fmt.Sprintf("größe/%d.txt", i) || u.SHA256 != one.SHA256 || u.Type == "" {
			t.Errorf("record %+v", u)
		}
	}
	if names := s.files(); len(names) != len(contents) {
		t.Errorf("%d files on the disk", len(names))
	}
}

// Content that was stored before is kept once.
func TestBundleKeepsContentOnce(t *testing.T) {
	s := newSite(t)
	content, other := noise(5000), noise(6000)
	first, second := s.brought("ann", "logo", content), s.brought("ann", "logo", other)
	list := told(t, s.bundle(strings.NewReader(packed(metadata("logo", "a"), content)+packed(metadata("film", "b"), other))))
	if len(list) != 2 || !s.oneFile(first, list[0].Location) || !s.oneFile(second, list[1].Location) {
		t.Errorf("not one file: %v", list)
	}
}

// When one file is invalid, no file is stored.
func TestBundleIsAllOrNothing(t *testing.T) { onEveryStore(t, testBundleIsAllOrNothing) }

func testBundleIsAllOrNothing(t *testing.T, newSite newSiteFunc) {
	good := packed(metadata("logo", "a"), noise(100))
	for _, tc := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"empty", "", 400, "invalid"},
		{"no line", "100", 400, "invalid"},
		{"no length", good + " " + metadata("logo", "b") + "\nabc", 400, "invalid"},
		{"a negative length", good + "-1 " + metadata("logo", "b") + "\nabc", 400, "invalid"},
		{"no bytes", good + packed(metadata("logo", "b"), nil), 400, "invalid"},
		{"a large file", good + packed(metadata("logo", "b"), noise(64<<10+1)), 400, "invalid"},
		{"a length beyond all", good + "99999999999999999999 " + metadata("logo", "b") + "\nabc", 400, "invalid"},
		{"a long line", good + "3 " + metadata("logo", strings.Repeat("b", 20_000)) + "\nabc", 400, "invalid"},
		{"cut off in a file", good + good[:len(good)-1], 400, "invalid"},
		{"cut off in a line", good + good[:5], 400, "invalid"},
		{"too many", strings.Repeat(good, 129), 400, "invalid"},
		{"no metadata", good + "3\nabc", 400, "invalid"},
		{"metadata that is none", good + "3 order !\nabc", 400, "invalid"},
		{"a hostile path", good + packed(metadata("logo", "../a"), noise(9)), 400, "invalid"},
		{"an order of somebody else", good + packed(metadata("bobs", "b"), noise(9)), 404, "not_found"},
		{"an order that is over", good + packed(metadata("finished-order", "b"), noise(9)), 409, "conflict"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			s.want(s.bundle(strings.NewReader(tc.body)), tc.status, tc.code)
			s.wantNothing()
		})
	}
}

func (s *site) wantNothing() {
	s.Helper()
	if names := s.files(); len(names) != 0 || len(s.ledger.records) != 0 {
		s.Errorf("left: %v, %d records", names, len(s.ledger.records))
	}
}

func TestBundleIsRefused(t *testing.T) { onEveryStore(t, testBundleIsRefused) }

func testBundleIsRefused(t *testing.T, newSite newSiteFunc) {
	good := packed(metadata("logo", "a"), noise(100))
	t.Run("signed out", func(t *testing.T) {
		s := newSite(t)
		s.want(s.bundle(strings.NewReader(good), "Authorization", ""), http.StatusUnauthorized, "unauthorized")
		s.wantNothing()
	})
	t.Run("of unknown length", func(t *testing.T) {
		s := newSite(t)
		s.want(s.bundle(io.MultiReader(strings.NewReader(good))), http.StatusBadRequest, "invalid")
		s.wantNothing()
	})
	t.Run("larger than one may be", func(t *testing.T) {
		s := newSite(t)
		s.want(s.bundle(bytes.NewReader(make([]byte, 8<<20+1))), http.StatusRequestEntityTooLarge, "file_too_large")
		s.wantNothing()
	})
	t.Run("beyond the limit of a file", func(t *testing.T) {
		s := newSite(t, func(c *upload.Config) { c.MaxFileSize = 99 })
		s.want(s.bundle(strings.NewReader(good)), http.StatusRequestEntityTooLarge, "file_too_large")
		s.wantNothing()
	})
	t.Run("beyond the quota", func(t *testing.T) {
		s := newSite(t, func(c *upload.Config) { c.Quota = 99 })
		s.want(s.bundle(strings.NewReader(good)), http.StatusInsufficientStorage, "quota_exceeded")
		s.wantNothing()
	})
	t.Run("by the ledger", func(t *testing.T) {
		s := newSite(t)
		s.ledger.set(func(l *ledger) { l.finishing = func(order.Upload) error { return errors.New("away") } })
		s.want(s.bundle(strings.NewReader(good+good)), http.StatusInternalServerError, "internal")
		s.wantNothing()
	})
}

// A bundle leaves no files when the client disconnects or the server stops.
func TestBundleBreaksOff(t *testing.T) { onEveryStore(t, testBundleBreaksOff) }

func testBundleBreaksOff(t *testing.T, newSite newSiteFunc) {
	good := packed(metadata("logo", "a"), noise(20_000))
	for _, tc := range []struct {
		name string
		end  func(*site, *io.PipeWriter)
	}{
		{"the client", func(_ *site, w *io.PipeWriter) { w.CloseWithError(errors.New("gone")) }},
		{"the server", func(s *site, w *io.PipeWriter) { s.svc.Close(); w.CloseWithError(errors.New("gone")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			r, w := io.Pipe()
			req, err := http.NewRequest(http.MethodPost, s.srv.URL+"/uploads/", r)
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = int64(3 * len(good))
			req.Header = http.Header{"Authorization": {"Bearer ann"}, "Content-Type": {"application/vnd.handover.bundle"}}
			done := make(chan struct{})
			go func() {
				defer close(done)
				if resp, err := s.srv.Client().Do(req); err == nil {
					resp.Body.Close()
				}
			}()
			if _, err := io.WriteString(w, good+good[:100]); err != nil {
				t.Fatal(err)
			}
			for s.bucket == nil && len(s.files()) == 0 { // a bucket gets nothing of it
				runtime.Gosched()
			}
			tc.end(s, w)
			<-done
			s.shut()
			s.wantNothing()
		})
	}
}

// FuzzBundle sends any bytes. The stored files must be those of the bundle.
func FuzzBundle(f *testing.F) {
	good := packed(metadata("logo", "a"), []byte("abc"))
	for _, seed := range []string{good, good + good, good[:len(good)-1], "1\n\n", "", "3 order\nabc"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newSite(t)
		r := s.bundle(bytes.NewReader(body))
		if r.StatusCode != http.StatusOK {
			s.wantNothing()
			return
		}
		for _, one := range told(t, r) {
			u := s.ledger.records[idOf(one.Location)]
			sum, err := hex.DecodeString(one.SHA256)
			if err != nil || len(sum) != 32 || u.OrderID != "logo" || order.CheckPath(u.Path) != nil {
				t.Errorf("%+v", u)
			}
			raw, err := s.svc.OpenFile(context.Background(), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(raw)
			if err != nil || raw.Close() != nil || !bytes.Contains(body, content) {
				t.Errorf("%q, %v", content, err)
			}
		}
	})
}
