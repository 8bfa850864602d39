package httpapi_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"handover/backend/api"
)

func TestRenditions(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	photo := image.NewGray(image.Rect(0, 0, 3000, 6))
	encoded := func(encode func(*bytes.Buffer) error) string {
		var out bytes.Buffer
		if err := encode(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	asPNG := encoded(func(w *bytes.Buffer) error { return png.Encode(w, photo) })
	kinds := []struct {
		name, content string
		has           bool
	}{
		{"photo.jpg", encoded(func(w *bytes.Buffer) error { return jpeg.Encode(w, photo, nil) }), true},
		{"photo.png", asPNG, true},
		{"photo.tif", encoded(func(w *bytes.Buffer) error { return tiff.Encode(w, photo, nil) }), true},
		{"photo.bmp", encoded(func(w *bytes.Buffer) error { return bmp.Encode(w, photo) }), true},
		{"cut.png", asPNG[:len(asPNG)/2], false},
		{"drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, false},
		{"notes.txt", "Grüße", false},
		{"empty.png", "", false},
	}
	var files []api.DeliveredFile
	for _, kind := range kinds {
		files = append(files, s.upload(o.ID, kind.name, kind.content))
	}
	delivered := s.deliver(o.ID, files...).Deliveries[0].Files
	address := func(id string) string {
		return fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/rendition", o.ID, id)
	}
	check := func(when string) {
		t.Helper()
		for i, f := range delivered {
			resp, text := s.ask(buyer, "GET", address(f.ID), "")
			if !kinds[i].has {
				if resp.StatusCode != http.StatusNoContent || text != "" {
					t.Errorf("%s, %s: %s %q", when, kinds[i].name, resp.Status, text)
				}
				continue
			}
			c, err := jpeg.DecodeConfig(strings.NewReader(text))
			h := resp.Header
			if err != nil || c.Width != 2048 || c.Height != 4 || h.Get("Content-Type") != "image/jpeg" || h.Get("Handover-Original-Size") != "3000x6" ||
				h.Get("Cache-Control") != "private, max-age=31536000, immutable" || h.Get("ETag") != `"`+f.SHA256+`-rendition"` {
				t.Errorf("%s, %s: %s %v, %v %v", when, kinds[i].name, resp.Status, h, c, err)
			}
		}
	}
	check("at first")
	// Looking does not count as a download.
	if d, _ := s.look(s.seller, o.ID); !d.Files[0].DownloadedAt.IsZero() {
		t.Errorf("the seller sees %+v", d.Files[0])
	}
	_, stranger := s.sell("Another film", "")
	if resp, _ := s.ask(stranger, "GET", address(delivered[0].ID), ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another buyer gets %s", resp.Status)
	}
	if resp, _ := s.ask(nil, "GET", address(delivered[0].ID), ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger gets %s", resp.Status)
	}
	// Each is kept on disk: the server needs the files no more.
	if kept, err := filepath.Glob(filepath.Join(s.dir, "renditions", "*.jpg")); err != nil || len(kept) != 4 {
		t.Errorf("kept are %v, %v", kept, err)
	}
	s.close()
	s.open()
	var back []func()
	for i, f := range delivered {
		if kinds[i].has {
			back = append(back, s.hide(f.ID))
		}
	}
	check("after a restart")
	for _, one := range back {
		one()
	}
}

// A fault of the disk is the server's business, and the page tries the file.
func TestRenditionOfALostFile(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	var drawing bytes.Buffer
	if err := png.Encode(&drawing, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	f := s.deliver(o.ID, s.upload(o.ID, "logo.png", drawing.String())).Deliveries[0].Files[0]
	address := fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/rendition", o.ID, f.ID)
	back := s.hide(f.ID)
	if resp, text := s.ask(buyer, "GET", address, ""); resp.StatusCode != http.StatusNoContent || text != "" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v %q", resp.Status, resp.Header, text)
	}
	back()
	if resp, _ := s.ask(buyer, "GET", address, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("once it is back: %s", resp.Status)
	}
}
