package httpapi_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/backend/api"
)

// A thumbnail goes by what a file is, and a file that has none is no error.
func TestThumbnails(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	var drawing bytes.Buffer
	if err := png.Encode(&drawing, image.NewGray(image.Rect(0, 0, 640, 320))); err != nil {
		t.Fatal(err)
	}
	kinds := []struct {
		name, content string
		has           bool
	}{
		{"logo.png", drawing.String(), true},
		{"logo.html", drawing.String(), true},
		{"cut.png", drawing.String()[:drawing.Len()/2], false},
		{"page.png", "<!doctype html><html><body><script>alert(1)</script>", false},
		{"notes.txt", "Grüße", false},
		{"empty.png", "", false},
	}
	var files []api.DeliveredFile
	for _, kind := range kinds {
		files = append(files, s.upload(o.ID, kind.name, kind.content))
	}
	delivered := s.deliver(o.ID, files...).Deliveries[0].Files
	address := func(id string) string {
		return fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/thumbnail", o.ID, id)
	}
	for i, f := range delivered {
		resp, text := s.ask(buyer, "GET", address(f.ID), "")
		if !kinds[i].has {
			if resp.StatusCode != http.StatusNoContent || text != "" {
				t.Errorf("%s: %s %q", kinds[i].name, resp.Status, text)
			}
			continue
		}
		c, err := jpeg.DecodeConfig(strings.NewReader(text))
		if err != nil || c.Width != 160 || c.Height != 80 || resp.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %s %s, %v %v", kinds[i].name, resp.Status, resp.Header.Get("Content-Type"), c, err)
		}
	}
	// It counts neither as downloaded nor as seen by anybody else.
	if d, _ := s.look(s.seller, o.ID); !d.Files[0].DownloadedAt.IsZero() {
		t.Errorf("the seller sees %+v", d.Files[0])
	}
	_, stranger := s.sell("Another film", "")
	if resp, _ := s.ask(stranger, "GET", address(delivered[0].ID), ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another buyer gets %s", resp.Status)
	}
}

// A fault of the disk is the server's business, and the page's is an icon.
func TestThumbnailOfALostFile(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	var drawing bytes.Buffer
	if err := png.Encode(&drawing, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	f := s.deliver(o.ID, s.upload(o.ID, "logo.png", drawing.String())).Deliveries[0].Files[0]
	address := fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/thumbnail", o.ID, f.ID)
	away := s.hide(f.ID)
	if resp, text := s.ask(buyer, "GET", address, ""); resp.StatusCode != http.StatusNoContent || text != "" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v %q", resp.Status, resp.Header, text)
	}
	away()
	if resp, _ := s.ask(buyer, "GET", address, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("once it is back: %s", resp.Status)
	}
}

// hide takes the content of an upload away until the returned function is called.
func (s *shop) hide(id string) (back func()) {
	s.Helper()
	name := filepath.Join(s.dir, "uploads", id+".data")
	if err := os.Rename(name, name+".away"); err != nil {
		s.Fatal(err)
	}
	return func() {
		if err := os.Rename(name+".away", name); err != nil {
			s.Error(err)
		}
	}
}
