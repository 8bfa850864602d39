package upload_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"handover/backend/order"
)

func TestUploadInPieces(t *testing.T) { onEveryStore(t, testUploadInPieces) }

func testUploadInPieces(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	content := noise(3<<20 + 17)
	url := s.create(int64(len(content)))
	for from := 0; from < len(content); from += 1 << 20 {
		to := min(from+1<<20, len(content))
		r := s.patch(url, int64(from), bytes.NewReader(content[from:to]))
		s.want(r, http.StatusNoContent, "")
		if got := r.Header.Get("Upload-Offset"); got != strconv.Itoa(to) {
			t.Fatalf("Upload-Offset %s, want %d", got, to)
		}
		want := ""
		if to == len(content) {
			want = digest(content)
		}
		if got := r.Header.Get("Repr-Digest"); got != want {
			t.Errorf("Repr-Digest %q at %d, want %q", got, to, want)
		}
	}
	s.wantWhole(url, content)
}

func TestHead(t *testing.T) { onEveryStore(t, testHead) }

func testHead(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	url := s.create(10)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	r := s.ask("HEAD", url, nil)
	s.want(r, http.StatusOK, "")
	for name, want := range map[string]string{
		"Upload-Offset": "3", "Upload-Length": "10", "Cache-Control": "no-store", "Tus-Resumable": "1.0.0", "Repr-Digest": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := r.Header.Get("Upload-Metadata"); !strings.Contains(got, "order bG9nbw==") {
		t.Errorf("Upload-Metadata is %q", got)
	}
}

func TestCreationWithUpload(t *testing.T) { onEveryStore(t, testCreationWithUpload) }

func testCreationWithUpload(t *testing.T, newSite newSiteFunc) {
	for _, tc := range []struct{ name, content, first string }{
		{"all of it", "a small file", "a small file"},
		{"a part", "a small file", "a small"},
		{"nothing of nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			r := s.ask("POST", "/uploads/", strings.NewReader(tc.first),
				"Content-Type", "application/offset+octet-stream",
				"Upload-Length", strconv.Itoa(len(tc.content)), "Upload-Metadata", metadata("logo", "notes.md"))
			s.want(r, http.StatusCreated, "")
			if got := r.Header.Get("Upload-Offset"); got != strconv.Itoa(len(tc.first)) {
				t.Errorf("Upload-Offset %q", got)
			}
			url := r.Header.Get("Location")
			if tc.first != tc.content {
				s.want(s.patch(url, int64(len(tc.first)), strings.NewReader(tc.content[len(tc.first):])), http.StatusNoContent, "")
			} else if got := r.Header.Get("Repr-Digest"); got != digest([]byte(tc.content)) {
				t.Errorf("Repr-Digest %q", got)
			}
			s.wantWhole(url, []byte(tc.content))
		})
	}
}

func TestEmptyFileIsWholeAtOnce(t *testing.T) { onEveryStore(t, testEmptyFileIsWholeAtOnce) }

func testEmptyFileIsWholeAtOnce(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	url := s.create(0)
	if len(s.ledger.records) != 1 {
		t.Fatal("no record after the creation")
	}
	s.wantWhole(url, nil)
}

func TestTypeOfContent(t *testing.T) { onEveryStore(t, testTypeOfContent) }

func testTypeOfContent(t *testing.T, newSite newSiteFunc) {
	for _, tc := range []struct{ name, path, content, want string }{
		{"by the content", "photo.txt", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
		{"text by its name", "notes.MD", "# Notes\n", "text/markdown; charset=utf-8"},
		{"text", "notes.html", "just words", "text/plain; charset=utf-8"},
		{"unknown", "x.png", "\x00\x01\x02\x03", "application/octet-stream"},
		{"empty", "x.pdf", "", "application/octet-stream"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			r := s.ask("POST", "/uploads/", strings.NewReader(tc.content), "Content-Type", "application/offset+octet-stream",
				"Upload-Length", strconv.Itoa(len(tc.content)), "Upload-Metadata", metadata("logo", tc.path))
			s.want(r, http.StatusCreated, "")
			u, err := s.ledger.Upload(context.Background(), idOf(r.Header.Get("Location")))
			if err != nil || u.Type != tc.want || u.Path != tc.path {
				t.Errorf("type %q of %q, want %q (%v)", u.Type, u.Path, tc.want, err)
			}
		})
	}
}

func TestCreationIsRefused(t *testing.T) { onEveryStore(t, testCreationIsRefused) }

func testCreationIsRefused(t *testing.T, newSite newSiteFunc) {
	good := metadata("logo", "a.txt")
	for _, tc := range []struct {
		name   string
		header []string
		status int
		code   string
	}{
		{"one byte too many", []string{"Upload-Length", strconv.Itoa(maxSize + 1)}, 413, "file_too_large"},
		{"no length", nil, 400, "length_required"},
		{"deferred length", []string{"Upload-Defer-Length", "1"}, 400, "length_required"},
		{"both lengths", []string{"Upload-Length", "1", "Upload-Defer-Length", "1"}, 400, "length_required"},
		{"negative length", []string{"Upload-Length", "-1"}, 400, "invalid_upload_length"},
		{"partial without a length", []string{"Upload-Concat", "partial"}, 400, "length_required"},
		{"partial too large", []string{"Upload-Concat", "partial", "Upload-Length", strconv.Itoa(maxSize + 1)}, 413, "file_too_large"},
		{"neither partial nor final", []string{"Upload-Length", "1", "Upload-Concat", "whole"}, 400, "invalid"},
		{"wrong version", []string{"Upload-Length", "1", "Tus-Resumable", "0.2.2"}, 412, "unsupported_version"},
		{"no metadata", []string{"Upload-Length", "1", "Upload-Metadata", ""}, 400, "invalid"},
		{"no order", []string{"Upload-Length", "1", "Upload-Metadata", "path YQ=="}, 400, "invalid"},
		{"no path", []string{"Upload-Length", "1", "Upload-Metadata", "order bG9nbw=="}, 400, "invalid"},
		{"not Base64", []string{"Upload-Length", "1", "Upload-Metadata", good + ",x !!"}, 400, "invalid"},
		{"key twice", []string{"Upload-Length", "1", "Upload-Metadata", good + "," + good}, 400, "invalid"},
		{"path upwards", []string{"Upload-Length", "1", "Upload-Metadata", metadata("logo", "../../etc/passwd")}, 400, "invalid"},
		{"path from the root", []string{"Upload-Length", "1", "Upload-Metadata", metadata("logo", "/etc/passwd")}, 400, "invalid"},
		{"path with a control character", []string{"Upload-Length", "1", "Upload-Metadata", metadata("logo", "a\x00b")}, 400, "invalid"},
		{"order of nobody", []string{"Upload-Length", "1", "Upload-Metadata", metadata("none", "a")}, 404, "not_found"},
		{"order that is over", []string{"Upload-Length", "1", "Upload-Metadata", metadata("finished-order", "a")}, 409, "conflict"},
		{"order of another", []string{"Upload-Length", "1", "Authorization", "Bearer bob"}, 404, "not_found"},
		{"not signed in", []string{"Upload-Length", "1", "Authorization", ""}, 401, "unauthorized"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			r := s.ask("POST", "/uploads/", nil, append([]string{"Upload-Metadata", good}, tc.header...)...)
			s.want(r, tc.status, tc.code)
			if names := s.files(); len(names) != 0 {
				t.Errorf("left on the disk: %v", names)
			}
		})
	}
}

func TestLargestFileIsLetIn(t *testing.T) { onEveryStore(t, testLargestFileIsLetIn) }

func testLargestFileIsLetIn(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	s.create(maxSize)
}

func TestPatchIsRefused(t *testing.T) { onEveryStore(t, testPatchIsRefused) }

func testPatchIsRefused(t *testing.T, newSite newSiteFunc) {
	for _, tc := range []struct {
		name   string
		body   string
		header []string
		status int
		code   string
		offset int64 // afterwards
	}{
		{"wrong offset", "x", []string{"Upload-Offset", "4"}, 409, "mismatched_offset", 3},
		{"no offset", "x", []string{"Upload-Offset", ""}, 400, "invalid_offset", 3},
		{"wrong type", "x", []string{"Content-Type", "text/plain"}, 415, "invalid_content_type", 3},
		{"more than announced", "12345678", nil, 413, "upload_size_exceeded", 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			url := s.create(10)
			s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
			s.want(s.patch(url, 3, strings.NewReader(tc.body), tc.header...), tc.status, tc.code)
			if got := s.offset(url); got != tc.offset {
				t.Errorf("offset %d, want %d", got, tc.offset)
			}
		})
	}
}

func TestOptionsNeedsNoSignIn(t *testing.T) { onEveryStore(t, testOptionsNeedsNoSignIn) }

func testOptionsNeedsNoSignIn(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	r := s.ask("OPTIONS", "/uploads/", nil, "Authorization", "", "Tus-Resumable", "")
	s.want(r, http.StatusOK, "")
	if got := r.Header.Get("Tus-Extension"); got != "creation,creation-with-upload,termination,concatenation" {
		t.Errorf("Tus-Extension %q", got)
	}
	if got := r.Header.Get("Tus-Max-Size"); got != strconv.Itoa(maxSize) {
		t.Errorf("Tus-Max-Size %q", got)
	}
}

func TestLocationFollowsNoHeader(t *testing.T) { onEveryStore(t, testLocationFollowsNoHeader) }

func testLocationFollowsNoHeader(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	r := s.ask("POST", "/uploads/", nil, "Upload-Length", "1", "Upload-Metadata", metadata("logo", "a"),
		"X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example")
	s.want(r, http.StatusCreated, "")
	if got := r.Header.Get("Location"); !strings.HasPrefix(got, "/uploads/") {
		t.Errorf("Location %q", got)
	}
}

func TestTermination(t *testing.T) { onEveryStore(t, testTermination) }

func testTermination(t *testing.T, newSite newSiteFunc) {
	t.Run("unfinished", func(t *testing.T) {
		s := newSite(t)
		url := s.create(10)
		s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
		s.want(s.ask("DELETE", url, nil), http.StatusNoContent, "")
		s.want(s.ask("HEAD", url, nil), http.StatusNotFound, "")
		if names := s.files(); len(names) != 0 {
			t.Errorf("left on the disk: %v", names)
		}
	})
	t.Run("finished", func(t *testing.T) {
		s := newSite(t)
		url := s.create(0)
		s.want(s.ask("DELETE", url, nil), http.StatusNoContent, "")
		if names := s.files(); len(names) != 0 || len(s.ledger.records) != 0 {
			t.Errorf("left over: %v, %v", names, s.ledger.records)
		}
	})
	t.Run("delivered", func(t *testing.T) {
		s := newSite(t)
		url := s.create(0)
		s.ledger.set(func(l *ledger) { l.delivered[idOf(url)] = true })
		s.want(s.ask("DELETE", url, nil), http.StatusConflict, "conflict")
		s.wantWhole(url, nil)
	})
}

func TestLedgerRefuses(t *testing.T) {
	s := newSite(t)
	s.ledger.finishing = func(order.Upload) error { return errors.New("the database at " + s.dir + " is away") }
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusInternalServerError, "internal")
	s.want(s.ask("HEAD", url, nil), http.StatusInternalServerError, "")
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	s.wantWhole(url, []byte("abc"))
}

func TestPatchOfWholeUploadRecordsIt(t *testing.T) { onEveryStore(t, testPatchOfWholeUploadRecordsIt) }

func testPatchOfWholeUploadRecordsIt(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusInternalServerError, "internal")
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	r := s.patch(url, 3, nil)
	s.want(r, http.StatusNoContent, "")
	if r.Header.Get("Repr-Digest") != digest([]byte("abc")) || len(s.ledger.records) != 1 {
		t.Errorf("digest %q, records %v", r.Header.Get("Repr-Digest"), s.ledger.records)
	}
}
