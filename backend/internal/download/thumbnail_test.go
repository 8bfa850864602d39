package download_test

import (
	"net/http"
	"testing"

	"handover/backend/internal/download"
)

func TestServeThumbnail(t *testing.T) {
	f := fileOf("Fotos/<b>ö.html", []byte("an image"))
	f.Type = "image/png"
	serve := func(w http.ResponseWriter, r *http.Request) { download.ServeThumbnail(w, r, f, []byte("a picture")) }
	resp, body, err := get(t, serve, "GET")
	if err != nil || resp.StatusCode != http.StatusOK || string(body) != "a picture" {
		t.Fatal(resp, string(body), err)
	}
	etag := `"` + f.SHA256 + `-thumbnail"`
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin", "Etag": etag,
		"Content-Disposition": `inline; filename="_b__.html.jpg"; filename*=UTF-8''_b_%C3%B6.html.jpg`,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if resp, _, err := get(t, serve, "GET", "If-None-Match", etag); err != nil || resp.StatusCode != http.StatusNotModified {
		t.Error(resp, err)
	}
	if resp, body, err := get(t, serve, "HEAD"); err != nil || resp.ContentLength != 9 || len(body) > 0 {
		t.Error(resp, err)
	}
}

func TestServeNoThumbnail(t *testing.T) {
	resp, body, err := get(t, func(w http.ResponseWriter, r *http.Request) {
		download.ServeThumbnail(w, r, fileOf("a", nil), nil)
	}, "GET")
	if err != nil || resp.StatusCode != http.StatusNoContent || len(body) > 0 || resp.Header.Get("Cache-Control") != "private, max-age=86400" {
		t.Error(resp, string(body), err)
	}
}
