package upload_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// Whatever the metadata, an upload either comes to be with exactly the path that
// HEAD then tells, or nothing does.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		"", ",", " ", "order", "order bG9nbw==", metadata("logo", "a.txt"), metadata("logo", "Entwürfe/Logo.pdf"),
		metadata("logo", "../up"), metadata("logo", "a\x00"), metadata("logo", "C:\\x"), metadata("logo", "a//b"),
		"order bG9nbw==,path", "order bG9nbw==, path YQ==", "order  bG9nbw==,path YQ==", "order bG9nbw==,path YQ", "path YQ==,path YQ==",
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

// Whatever the ID, nothing outside of the folder is read, changed or removed.
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
		if _, err := s.svc.OpenFile(id); err == nil {
			t.Errorf("OpenFile(%q) opened something", id)
		}
		if left, err := os.ReadDir(filepath.Dir(s.dir)); err != nil || len(left) != 5 || len(s.files()) != 0 {
			t.Errorf("after %q: %v, %v, %v", id, left, s.files(), err)
		}
	})
}
