package upload_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/backend/internal/upload"
	"handover/backend/order"
)

// serve passes a request by the network, where Go's client would refuse to send it.
func (s *site) serve(method, path string, header http.Header) *httptest.ResponseRecorder {
	req := &http.Request{Method: method, URL: &url.URL{Path: path}, Header: header, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("Authorization", "Bearer ann")
	w := httptest.NewRecorder()
	s.svc.ServeHTTP(w, req)
	return w
}

// For any metadata, the server either creates an upload with exactly the path that HEAD
// returns, or creates no upload.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		"", ",", " ", "order", "order bG9nbw==", metadata("logo", "a.txt"), metadata("logo", "Entwürfe/Logo.pdf"),
		metadata("logo", "../up"), metadata("logo", "a\x00"), metadata("logo", "C:\\x"), metadata("logo", "a//b"),
		"order bG9nbw==,path", "order bG9nbw==, path YQ==", "order  bG9nbw==,path YQ==", "order bG9nbw==,path YQ", "path YQ==,path YQ==",
		metadata("logo", "a") + withDigest([]byte("abc")), metadata("logo", "a") + ",sha256", metadata("logo", "a") + ",sha256 eA==",
		metadata("logo", ".."), metadata("logo", "."), metadata("logo", "a/../b"), metadata("logo", "/"), metadata("logo", "a/"), metadata("logo", "..\\a"),
		metadata("logo", "\u202egpj.exe"), metadata("logo", "con"), metadata("logo", "a\nb"), metadata("logo", " "), metadata("../logo", "a"), metadata("", ""),
		metadata("logo", strings.Repeat("x", 1025)), "ordér bG9nbw==", metadata("logo", "\xff"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		s := newSite(t)
		w := s.serve("POST", "/uploads/", http.Header{"Upload-Length": {"1"}, "Upload-Metadata": {header}})
		switch w.Code {
		case http.StatusCreated:
			path := strings.TrimPrefix(w.Header().Get("Location"), s.srv.URL)
			head := s.serve("HEAD", path, http.Header{})
			if head.Code != http.StatusOK || len(s.files()) != 1 {
				t.Fatalf("HEAD %d, files %v", head.Code, s.files())
			}
			stored := decode(t, head.Header().Get("Upload-Metadata"))
			if stored["order"] != "logo" || order.CheckPath(stored["path"]) != nil || decode(t, header)["path"] != stored["path"] {
				t.Errorf("stored %q from %q", stored, header)
			}
		case http.StatusBadRequest, http.StatusNotFound:
			if len(s.files()) != 0 {
				t.Errorf("%d, and on the disk: %v", w.Code, s.files())
			}
		default:
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

// No ID makes the server read, change or remove a file outside of the folder.
func FuzzID(f *testing.F) {
	for _, seed := range []string{
		"", "/", ".", "..", "../secret", "../secret.info", "..%2fsecret", "....//secret", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
		"AAAAAAAAAAAAAAAAAAAAAAAAAA", "aaaaaaaaaaaaaaaaaaaaaaaa..", "aaaaaaaaaaaaaaaaaaaaaaaaa\x00", "aaaaaaaaaaaaaaaaaaaaaaaaaa/",
		"aaaaaaaaaaaaaaaaaaaaaaaaaa/../../secret", "\\..\\secret", "aaaaaaaaaaaaaaaaaaaaaaaaa1", "%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		s := newSite(t)
		outside := filepath.Join(filepath.Dir(s.dir), "secret")
		for _, ext := range []string{"", ".info", ".data", ".done"} {
			overwrite(t, outside+ext, []byte(`{"id":"../secret","seller_id":"ann","order_id":"logo","path":"x","size":9}`))
		}
		for _, method := range []string{"HEAD", "PATCH", "DELETE", "GET"} {
			w := s.serve(method, "/uploads/"+id, http.Header{"Upload-Offset": {"0"}, "Content-Type": {"application/offset+octet-stream"}})
			if want := http.StatusNotFound; w.Code != want && !(id == "" && w.Code == http.StatusMethodNotAllowed) {
				t.Errorf("%s %q: %d, want %d", method, id, w.Code, want)
			}
		}
		if _, err := s.svc.OpenFile(context.Background(), id); err == nil {
			t.Errorf("OpenFile(%q) opened something", id)
		}
		if left, err := os.ReadDir(filepath.Dir(s.dir)); err != nil || len(left) != 5 || len(s.files()) != 0 {
			t.Errorf("after %q: %v, %v, %v", id, left, s.files(), err)
		}
	})
}

// For any list of parts, only the seller's own uploads become parts, and no file outside
// of the folder is read or changed.
func FuzzConcat(f *testing.F) {
	const part = "@" // placeholder for the ID of the existing part
	for _, seed := range []string{
		"", "partial", "final", "final;", "final; ", "final;@", "final;/uploads/@", "final;/uploads/@ /uploads/@", "final;http://host/uploads/@",
		"final;https://evil.example/uploads/@", "final;/uploads/../@", "final;/uploads/../secret", "final;/uploads//@", "final;//host/uploads/@",
		"final;/uploads/%2e%2e%2fsecret", "final;/uploads/@?x", "final;/uploads/@#", "final;/uploads/@\x00", "final;\t/uploads/@", "FINAL;/uploads/@",
		"final;/uploads/@,/uploads/@", "partial;/uploads/@", "final;file:///uploads/@", "final;http://a:b@host/uploads/@", "final;/uploads/\u00e4",
		"final;http://host:80:80/uploads/@", "final;http://[::1/uploads/@", "final;" + strings.Repeat("/uploads/@ ", 2000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		s := newSite(t)
		outside := filepath.Join(filepath.Dir(s.dir), "secret")
		overwrite(t, outside, []byte("secret"))
		w := s.serve("POST", "/uploads/", http.Header{"Upload-Concat": {"partial"}, "Upload-Length": {"0"}, "Upload-Metadata": {metadata("logo", "a")}})
		if w.Code != http.StatusCreated {
			t.Fatal(w.Code, w.Body)
		}
		id := idOf(w.Header().Get("Location"))
		header = strings.ReplaceAll(header, part, id)
		w = s.serve("POST", "/uploads/", http.Header{"Upload-Concat": {header}, "Upload-Metadata": {metadata("logo", "a")}})
		switch w.Code {
		case http.StatusCreated:
			if got := len(s.ledger.records); got != 1 || !strings.HasSuffix(strings.TrimSpace(header), upload.BasePath+id) {
				t.Errorf("%q made an upload; %d records", header, got)
			}
		case http.StatusBadRequest, http.StatusGone:
			if len(s.ledger.records) != 0 {
				t.Errorf("%q: %d, and %v", header, w.Code, s.ledger.records)
			}
		default:
			t.Errorf("%q: %d %s", header, w.Code, w.Body)
		}
		if raw, err := os.ReadFile(outside); err != nil || string(raw) != "secret" {
			t.Errorf("outside: %q, %v", raw, err)
		}
	})
}
