package download_test

import (
	"image"
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

func TestServeRendition(t *testing.T) {
	f := fileOf("Fotos/Ufer.tif", []byte("an image"))
	f.Type = "image/tiff"
	picture := &download.Picture{Content: []byte("a picture"), Type: "image/png", Of: image.Pt(6000, 4000)}
	serve := func(w http.ResponseWriter, r *http.Request) { download.ServeRendition(w, r, f, picture) }
	resp, body, err := get(t, serve, "GET", "Range", "bytes=2-")
	if err != nil || resp.StatusCode != http.StatusPartialContent || string(body) != "picture" {
		t.Fatal(resp, string(body), err)
	}
	etag := `"` + f.SHA256 + `-rendition"`
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Cache-Control": "private, max-age=31536000, immutable", "Etag": etag,
		"Content-Security-Policy": "sandbox; default-src 'none'", "Handover-Original-Size": "6000x4000",
		"Content-Disposition": `inline; filename="Ufer.tif.png"; filename*=UTF-8''Ufer.tif.png`,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if resp, _, err := get(t, serve, "GET", "If-None-Match", etag); err != nil || resp.StatusCode != http.StatusNotModified {
		t.Error(resp, err)
	}
}

func TestServeNoPicture(t *testing.T) {
	for _, serve := range []http.HandlerFunc{
		func(w http.ResponseWriter, r *http.Request) { download.ServeThumbnail(w, r, fileOf("a", nil), nil) },
		func(w http.ResponseWriter, r *http.Request) { download.ServeRendition(w, r, fileOf("a", nil), nil) },
	} {
		resp, body, err := get(t, serve, "GET")
		if err != nil || resp.StatusCode != http.StatusNoContent || len(body) > 0 || resp.Header.Get("Cache-Control") != "private, max-age=86400" {
			t.Error(resp, string(body), err)
		}
	}
}
