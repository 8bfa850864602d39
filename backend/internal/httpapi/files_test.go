package httpapi_test

import (
	"archive/zip"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

func TestChosenFiles(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	var files []api.DeliveredFile
	for _, name := range []string{"a.txt", "Größe/b.txt", "c.txt"} {
		files = append(files, s.upload(o.ID, name, "content of "+name))
	}
	delivered := s.deliver(o.ID, files...).Deliveries[0]
	other, _ := s.sell("Another film", "")
	strange := s.deliver(other.ID, s.upload(other.ID, "d.txt", "of another order")).Deliveries[0].Files[0].ID
	archive := fmt.Sprintf("/api/v1/orders/%s/deliveries/1/archive.zip", o.ID)
	a, b, c := delivered.Files[0].ID, delivered.Files[1].ID, delivered.Files[2].ID
	all := []string{"Größe/b.txt", "a.txt", "c.txt"} // as the page lists them
	for query, want := range map[string][]string{
		"":                                  all,
		"?files=" + b:                       {"Größe/b.txt"},
		"?files=" + c + "," + a:             {"a.txt", "c.txt"},
		"?files=" + a + "," + a:             {"a.txt"},
		"?files=" + a + "&files=" + b:       {"Größe/b.txt", "a.txt"},
		"?files=" + c + "," + b + "," + a:   all,
		"?files=absent":                     nil,
		"?files=" + a + ",absent":           nil,
		"?files=" + a + ",":                 nil,
		"?files=" + a + "&files=" + strange: nil,
		"?files=":                           nil,
	} {
		resp, text := s.ask(buyer, "GET", archive+query, "")
		if want == nil {
			if resp.StatusCode != http.StatusNotFound || !strings.Contains(text, `"not_found"`) {
				t.Errorf("%s is answered with %s %s", query, resp.Status, text)
			}
			continue
		}
		z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatalf("%s: %s, %v", query, resp.Status, err)
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s holds %q, want %q", query, names, want)
		}
		// Whoever asks beforehand hears exactly how much it will be.
		head, _ := s.ask(buyer, "HEAD", archive+query, "")
		if length := head.Header.Get("Content-Length"); length != strconv.Itoa(len(text)) {
			t.Errorf("%s is said to have %s bytes, and has %d", query, length, len(text))
		}
	}
}

// What was chosen for a zip counts as downloaded, and nothing else.
func TestChosenFilesAreDownloaded(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	events := s.follow()
	delivered := s.deliver(o.ID, s.upload(o.ID, "a.txt", "a"), s.upload(o.ID, "b.txt", "b"), s.upload(o.ID, "c.txt", "c")).Deliveries[0]
	s.wait(time.Hour)
	a, c := delivered.Files[0].ID, delivered.Files[2].ID
	archive := fmt.Sprintf("/api/v1/orders/%s/deliveries/1/archive.zip?files=%s,%s", o.ID, a, c)
	s.ask(buyer, "HEAD", archive, "")
	s.ask(buyer, "GET", fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/preview", o.ID, delivered.Files[1].ID), "")
	s.ask(buyer, "GET", archive, "")
	fetched := []string{s.after(events, order.WorkDelivered).File, s.next(events, "").File}
	slices.Sort(fetched)
	if want := slices.Sorted(slices.Values([]string{a, c})); !slices.Equal(fetched, want) {
		t.Errorf("fetched were %q, want %q", fetched, want)
	}
	d, _ := s.look(s.seller, o.ID)
	if d.ArchiveDownloadedAt != nil || d.Files[0].DownloadedAt.IsZero() || !d.Files[1].DownloadedAt.IsZero() || d.Files[2].DownloadedAt.IsZero() {
		t.Errorf("the seller sees %+v", d)
	}
}

// A preview goes by what a file is, and never by what it is called.
func TestPreviews(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	const script = "<script>alert(1)</script>"
	const plain = "text/plain; charset=utf-8"
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
	kinds := []struct{ name, content, want string }{
		{"logo.png", png, "image/png"},
		{"photo.html", png, "image/png"},
		{"page.html", "<!doctype html><html><body>" + script, plain},
		{"page.png", "<!doctype html><html><body>" + script, plain},
		{"drawing.svg", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">` + script + `</svg>`, "image/svg+xml"},
		{"page.xhtml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">` + script + `</html>`, plain},
		{"notes.txt", "Grüße", plain},
		{"data.json", `{"a":1}`, plain},
		{"paper.pdf", "%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "application/octet-stream"},
		{"paper.png", "%PDF-1.7\n1 0 obj<<>>", "application/octet-stream"},
		{"program", "\x7fELF\x02\x01\x01", ""},
		{"empty.png", "", ""},
	}
	var files []api.DeliveredFile
	for _, kind := range kinds {
		files = append(files, s.upload(o.ID, kind.name, kind.content))
	}
	for i, f := range s.deliver(o.ID, files...).Deliveries[0].Files {
		resp, text := s.ask(buyer, "GET", fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s/preview", o.ID, f.ID), "")
		h, kind := resp.Header, kinds[i]
		if kind.want == "" {
			if resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s (%s) is previewed: %s as %s", kind.name, f.Type, resp.Status, h.Get("Content-Type"))
			}
			continue
		}
		if resp.StatusCode != http.StatusOK || text != kind.content || h.Get("Content-Type") != kind.want {
			t.Errorf("%s (%s) is answered with %s as %s", kind.name, f.Type, resp.Status, h.Get("Content-Type"))
		}
		// An SVG shows what is written in it, and still runs nothing.
		policy, _ := strings.CutSuffix(h.Get("Content-Security-Policy"), "; style-src 'unsafe-inline'; img-src data:; font-src data:")
		if policy != "sandbox; default-src 'none'" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s could act: %v", kind.name, h)
		}
	}
}
