package app_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/app"
	"handover/app/internal/content"
)

// picture writes an image, and a file that only has the name of one.
func picture(t *testing.T) (whole, broken string) {
	t.Helper()
	dir := t.TempDir()
	whole, broken = filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	f, err := os.Create(whole)
	if err == nil {
		err = png.Encode(f, image.NewGray(image.Rect(0, 0, 300, 200)))
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.WriteFile(broken, []byte("\x89PNG\r\n\x1a\nno more"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return whole, broken
}

func TestThumbnails(t *testing.T) {
	a := tryOut(t, &window{})
	id, other := find(t, a, "Podcast"), find(t, a, "Logo")
	whole, broken := picture(t)
	must[app.Attached](t)(a.Drafts.Attach(id, []string{whole, broken}))
	if address := must[string](t)(a.Drafts.Thumbnail(id, "a.png")); !strings.HasPrefix(address, "data:image/jpeg;base64,/9j/") {
		t.Errorf("the thumbnail is %.40q", address)
	}
	for _, c := range []struct{ order, path string }{
		{id, "b.png"}, {id, "none.png"}, {id, ""}, {id, whole}, {id, "../a.png"}, {other, "a.png"}, {"", "a.png"}, {"none", "a.png"},
	} {
		if address, err := a.Drafts.Thumbnail(c.order, c.path); address != "" || err != nil {
			t.Errorf("%s of %s: %.40q, %v", c.path, c.order, address, err)
		}
	}
}

// An edit that keeps the file's size and times gives a new picture.
func TestThumbnailOfAnEditInPlace(t *testing.T) {
	a := tryOut(t, &window{})
	id := find(t, a, "Podcast")
	path := filepath.Join(t.TempDir(), "a.bmp")
	const header = "BM\x3e\x04\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00" + // 54 bytes, then 32 by 32 pixels in grey of 32 bits
		"\x28\x00\x00\x00\x20\x00\x00\x00\x20\x00\x00\x00\x01\x00\x20\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	var last content.Identity
	paint := func(shade byte) {
		t.Helper()
		for { // until the file system's clock has ticked
			if err := os.WriteFile(path, append([]byte(header), bytes.Repeat([]byte{shade}, 4*32*32)...), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Unix(1_700_000_000, 0), time.Unix(1_700_000_000, 0)); err != nil {
				t.Fatal(err)
			}
			seen, err := content.Identify(path)
			if err != nil || seen.Changed == 0 {
				t.Skip("the file system of the tests keeps no time of change")
			}
			if seen.Changed != last.Changed {
				last = seen
				return
			}
		}
	}
	paint(0x40)
	must[app.Attached](t)(a.Drafts.Attach(id, []string{path}))
	before := must[string](t)(a.Drafts.Thumbnail(id, "a.bmp"))
	same := must[string](t)(a.Drafts.Thumbnail(id, "a.bmp"))
	paint(0xc0)
	after := must[string](t)(a.Drafts.Thumbnail(id, "a.bmp"))
	for end := time.Now().Add(20 * time.Second); after == "" && time.Now().Before(end); { // it may settle first
		time.Sleep(20 * time.Millisecond)
		after = must[string](t)(a.Drafts.Thumbnail(id, "a.bmp"))
	}
	if before == "" || before != same || after == "" || after == before {
		t.Errorf("the pictures are %.60q, %.60q and %.60q", before, same, after)
	}
}

func TestArrangeAndUndo(t *testing.T) {
	a := tryOut(t, &window{})
	id := find(t, a, "Podcast")
	whole, broken := picture(t)
	must[app.Attached](t)(a.Drafts.Attach(id, []string{whole, broken}))
	dr := must[app.Draft](t)(a.Drafts.Arrange(id, []string{"b.png", "a.png"}))
	if !dr.Arranged || dr.Files[0].Path != "b.png" {
		t.Errorf("%+v", dr)
	}
	must[app.Draft](t)(a.Drafts.Detach(id, "b.png"))
	dr = must[app.Draft](t)(a.Drafts.Restore(id, "b.png"))
	if len(dr.Files) != 2 || dr.Files[0].Path != "b.png" {
		t.Errorf("restored, but not where it was: %+v", dr.Files)
	}
	if _, err := a.Drafts.Restore(id, "b.png"); err == nil {
		t.Error("restored twice")
	}
	if dr = must[app.Draft](t)(a.Drafts.TakeOver(id, 1, nil)); len(dr.Files) != 2 {
		t.Errorf("delivery 1 of the sample has no files, the draft now %+v", dr.Files)
	}
	if _, err := a.Drafts.TakeOver(id, 9, nil); err == nil {
		t.Error("files of a delivery that is none were taken over")
	}
	if dr = must[app.Draft](t)(a.Drafts.DismissNotice(id)); dr.Notice.Code != "" {
		t.Errorf("%+v", dr.Notice)
	}
}
