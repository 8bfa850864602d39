package download_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/backend/internal/download"
)

func TestPreviewType(t *testing.T) {
	const plain = "text/plain; charset=utf-8"
	for given, want := range map[string]string{
		"image/png": "image/png", "image/jpeg": "image/jpeg", "IMAGE/PNG": "image/png", "video/mp4": "video/mp4",
		"video/quicktime": "video/quicktime", "audio/mpeg": "audio/mpeg",
		"text/plain; charset=utf-8": plain, "text/html; charset=utf-8": plain, "text/xml": plain, "application/json": plain,
		"image/svg+xml": "image/svg+xml", "application/javascript": plain,
		"application/xhtml+xml": plain, "application/geo+json": plain,
		"application/pdf": "application/octet-stream", "application/octet-stream": "", "application/zip": "",
		"image/tiff": "", "": "", "image": "", "image/png, text/html": "", "image/png/x": "", "multipart/x-mixed-replace": "",
		"application/x-shockwave-flash": "", "message/rfc822": "",
	} {
		if got := download.PreviewType(given); got != want {
			t.Errorf("%q is previewed as %q, want %q", given, got, want)
		}
	}
}

func TestServePreview(t *testing.T) {
	const sandbox, still = "sandbox; default-src 'none'", "; style-src 'unsafe-inline'; img-src data:; font-src data:"
	for _, tc := range []struct{ name, kind, content, served, policy, disposition string }{
		{"böse.html", "text/html; charset=utf-8", "<script>alert(1)</script>", "text/plain; charset=utf-8", sandbox, `inline; filename="b`},
		{"böse.svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml", sandbox + still, `attachment; filename="b`},
	} {
		f := fileOf("Entwürfe/"+tc.name, []byte(tc.content))
		f.Type = tc.kind
		serve := func(w http.ResponseWriter, r *http.Request) {
			if err := download.ServePreview(w, r, f, onDisk(t, []byte(tc.content)), deliveredAt); err != nil {
				t.Error(err)
			}
		}
		resp, body, err := get(t, serve, "GET", "Range", "bytes=0-3")
		if err != nil || resp.StatusCode != http.StatusPartialContent || string(body) != tc.content[:4] {
			t.Fatal(resp, string(body), err)
		}
		for name, want := range map[string]string{
			"Content-Type": tc.served, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache",
			"Content-Security-Policy": tc.policy, "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s of %s: %q, want %q", name, tc.name, got, want)
			}
		}
		if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, tc.disposition) {
			t.Errorf("Content-Disposition of %s: %q", tc.name, got)
		}
	}
}

// A PDF is bytes for the page's own reader, and no page of any other.
func TestServePreviewOfPDF(t *testing.T) {
	content := []byte("%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>")
	f := fileOf("paper.pdf", content)
	f.Type = "application/pdf"
	resp, body, err := get(t, func(w http.ResponseWriter, r *http.Request) {
		if err := download.ServePreview(w, r, f, onDisk(t, content), deliveredAt); err != nil {
			t.Error(err)
		}
	}, "GET", "Range", "bytes=0-4")
	if err != nil || resp.StatusCode != http.StatusPartialContent || string(body) != "%PDF-" {
		t.Fatal(resp, string(body), err)
	}
	h := resp.Header
	if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") ||
		h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("it could be opened: %v", h)
	}
}
