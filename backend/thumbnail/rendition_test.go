package thumbnail_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"handover/backend/order"
	"handover/backend/thumbnail"
)

func openRenditions(t *testing.T, folder string, most int64) *thumbnail.Renditions {
	t.Helper()
	r, err := thumbnail.New(1<<20).Renditions(folder, most)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func rendition(t *testing.T, r *thumbnail.Renditions, kind string, content []byte) *thumbnail.Picture {
	t.Helper()
	made, err := r.Of(t.Context(), order.File{ID: "f", Type: kind, SHA256: fmt.Sprintf("%x", sha256.Sum256(content))}, opens(content))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func asTIFF(t *testing.T, img image.Image, o *tiff.Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := tiff.Encode(&out, img, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asBMP(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := bmp.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// tagged returns an uncompressed TIFF with these tags in addition to the
// required ones, which they can replace.
func tagged(img image.Image, order binary.AppendByteOrder, tags map[uint16]uint32) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	all := map[uint16]uint32{
		0x100: uint32(w), 0x101: uint32(h), 0x103: 1, 0x106: 2, 0x111: 8, 0x115: 3, 0x116: uint32(h), 0x117: uint32(3 * w * h),
	}
	for tag, value := range tags {
		all[tag] = value
	}
	out := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		out = []byte("II*\x00")
	}
	out = order.AppendUint32(out, uint32(8+3*w*h))
	for y := range h {
		for x := range w {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			out = append(out, c.R, c.G, c.B)
		}
	}
	bits := uint32(len(out) + 2 + 12*(len(all)+1) + 4)
	out = order.AppendUint16(out, uint16(len(all)+1))
	for tag := uint16(0x100); tag < 0x200; tag++ {
		value, ok := all[tag]
		switch {
		case tag == 0x102:
			out = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(out, tag), 3), 3), bits)
		case ok && (tag == 0x100 || tag == 0x101 || tag == 0x111 || tag == 0x117):
			out = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(out, tag), 4), 1), value)
		case ok:
			out = order.AppendUint16(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(out, tag), 3), 1), uint16(value)), 0)
		}
	}
	out = order.AppendUint32(out, 0)
	return order.AppendUint16(order.AppendUint16(order.AppendUint16(out, 8), 8), 8)
}

func TestRenditionOfEveryForm(t *testing.T) {
	r := openRenditions(t, filepath.Join(t.TempDir(), "renditions"), 64<<20)
	palette := color.Palette{red, blue, color.Black}
	wide := image.Rect(0, 0, 2500, 10)
	clear := image.NewNRGBA(wide)
	draw.Draw(clear, image.Rect(0, 0, 1250, 10), image.NewUniform(red), image.Point{}, draw.Src)
	deflate := &tiff.Options{Compression: tiff.Deflate, Predictor: true}
	for _, tc := range []struct {
		name, kind, made string
		content          []byte
		of, size         image.Point
	}{
		{"a photograph", "image/jpeg", "image/jpeg", asJPEG(t, rgba(2500, 10)), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a small photograph", "image/jpeg", "image/jpeg", asJPEG(t, rgba(250, 100)), image.Pt(250, 100), image.Pt(250, 100)},
		{"held upright", "image/jpeg", "image/jpeg", exifJPEG(asJPEG(t, rgba(2500, 10)), exif(binary.BigEndian, 6)), image.Pt(10, 2500), image.Pt(8, 2048)},
		{"for printing", "image/jpeg", "image/jpeg", sample(t, "cmyk.jpg"), image.Pt(24, 16), image.Pt(24, 16)},
		{"a PNG", "image/png", "image/jpeg", asPNG(t, rgba(2500, 10)), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a transparent PNG", "image/png", "image/png", asPNG(t, clear), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a GIF", "image/gif", "image/jpeg", asGIF(t, halves(image.NewPaletted(wide, palette))), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a WebP", "image/webp", "image/jpeg", sample(t, "photo.webp"), image.Pt(24, 16), image.Pt(24, 16)},
		{"a BMP", "image/bmp", "image/jpeg", asBMP(t, rgba(2500, 10)), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a BMP of a palette", "image/bmp", "image/jpeg", asBMP(t, halves(image.NewPaletted(wide, palette))), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a TIFF", "image/tiff", "image/jpeg", asTIFF(t, rgba(2500, 10), nil), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a compressed TIFF", "image/tiff", "image/jpeg", asTIFF(t, rgba(2500, 10), deflate), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a TIFF of 16 bits", "image/tiff", "image/jpeg", asTIFF(t, halves(image.NewRGBA64(wide)), nil), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a TIFF of a palette", "image/tiff", "image/jpeg", asTIFF(t, halves(image.NewPaletted(wide, palette)), nil), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a transparent TIFF", "image/tiff", "image/png", asTIFF(t, clear, nil), image.Pt(2500, 10), image.Pt(2048, 8)},
		{"a TIFF in strips", "image/tiff", "image/jpeg", tagged(rgba(90, 60), binary.BigEndian, nil), image.Pt(90, 60), image.Pt(90, 60)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			made := rendition(t, r, tc.kind, tc.content)
			if made == nil {
				t.Fatal("there is no rendition")
			}
			img, form, err := image.Decode(bytes.NewReader(made.Content))
			if err != nil || "image/"+form != tc.made || made.Type != tc.made || made.Of != tc.of || img.Bounds().Size() != tc.size {
				t.Fatalf("%s called %s, %v of %v, %v", form, made.Type, img.Bounds(), made.Of, err)
			}
			if c := img.At(5, 2); !near(c, red) {
				t.Errorf("left is %v", c)
			}
		})
	}
}

func TestOrientationOfTIFF(t *testing.T) {
	r := openRenditions(t, t.TempDir(), 1<<20)
	for value, want := range map[uint32]struct {
		size image.Point
		red  image.Point
	}{1: {image.Pt(90, 60), image.Pt(4, 30)}, 3: {image.Pt(90, 60), image.Pt(86, 30)}, 6: {image.Pt(60, 90), image.Pt(30, 4)}, 8: {image.Pt(60, 90), image.Pt(30, 86)}} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			content := tagged(rgba(90, 60), order, map[uint16]uint32{0x112: value})
			img := look(t, "image/tiff", content)
			if img == nil || img.Bounds().Size() != want.size || !near(img.At(want.red.X, want.red.Y), red) {
				t.Errorf("thumbnail of %d (%v): %v", value, order, img)
			}
		}
		content := tagged(rgba(90, 60), binary.LittleEndian, map[uint16]uint32{0x112: value})
		made, err := r.Of(t.Context(), order.File{Type: "image/tiff", SHA256: fmt.Sprint(value)}, opens(content))
		if err != nil || made == nil || made.Of != want.size {
			t.Errorf("rendition of %d: %v, %v", value, made, err)
		}
	}
}

// Stills of animations would hide that they move, and the rest costs more than
// its size tells or is damaged.
func TestNoRendition(t *testing.T) {
	r := openRenditions(t, t.TempDir(), 1<<20)
	photo := asTIFF(t, rgba(640, 480), nil)
	bomb := asTIFF(t, image.NewGray(image.Rect(0, 0, 12_000, 4_000)), &tiff.Options{Compression: tiff.Deflate})
	bmpBomb := asBMP(t, rgba(16, 16))
	binary.LittleEndian.PutUint32(bmpBomb[18:], 60_000)
	binary.LittleEndian.PutUint32(bmpBomb[22:], 60_000)
	small := rgba(16, 16)
	of := func(tags map[uint16]uint32) []byte { return tagged(small, binary.LittleEndian, tags) }
	for _, tc := range []struct {
		name, kind string
		content    []byte
	}{
		{"an animated GIF", "image/gif", sample(t, "animated.gif")},
		{"an animated PNG", "image/vnd.mozilla.apng", asPNG(t, rgba(30, 30))},
		{"an animated WebP", "image/webp", sample(t, "animated.webp")},
		{"of another kind", "image/svg+xml", []byte("<svg/>")},
		{"cut short", "image/tiff", photo[:len(photo)/2]},
		{"cut in its header", "image/tiff", photo[:6]},
		{"a list beyond its end", "image/tiff", []byte("II*\x00\xff\xff\xff\xffxxxxxxxx")},
		{"too large", "image/tiff", of(map[uint16]uint32{0x100: 100_000, 0x101: 100_000})},
		{"so large that counting overflows", "image/tiff", of(map[uint16]uint32{0x100: 0xffffffff, 0x101: 0xffffffff})},
		{"one block that unpacks to too much", "image/tiff", bomb},
		{"a tile too large", "image/tiff", of(map[uint16]uint32{0x142: 60_000, 0x143: 60_000})},
		{"a block too large", "image/tiff", of(map[uint16]uint32{0x117: 0xfffffff0})},
		{"a block outside", "image/tiff", of(map[uint16]uint32{0x111: 0xfffffff0})},
		{"a BMP too large", "image/bmp", bmpBomb},
		{"a BMP that is cut short", "image/bmp", asBMP(t, rgba(64, 64))[:3000]},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if made := rendition(t, r, tc.kind, tc.content); made != nil {
				t.Errorf("it has one of %v", made.Of)
			}
		})
	}
}

// Renditions and thumbnails take turns, and each is made once.
func TestRenditionsAreMadeOnceAndOneAtATime(t *testing.T) {
	m := thumbnail.New(1 << 20)
	r, err := m.Renditions(t.TempDir(), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	drawing := asPNG(t, rgba(300, 300))
	var open, most, opened atomic.Int32
	from := func() (io.ReadSeekCloser, error) {
		opened.Add(1)
		if now := open.Add(1); now > most.Load() {
			most.Store(now)
		}
		return &content{Reader: bytes.NewReader(drawing), closed: func() { open.Add(-1) }}, nil
	}
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			if made, err := r.Of(t.Context(), imageNo(i%3), from); err != nil || made == nil {
				t.Error(made, err)
			}
		})
		all.Go(func() {
			if made, err := m.Of(t.Context(), imageNo(i%3), from); err != nil || made == nil {
				t.Error(made, err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 || opened.Load() != 6 {
		t.Errorf("%d at a time, %d opened", most.Load(), opened.Load())
	}
}

// askFor returns a rendition, and how often its content was read for it.
func askFor(t *testing.T, r *thumbnail.Renditions, n int, drawing []byte) (made *thumbnail.Picture, opened int) {
	t.Helper()
	made, err := r.Of(t.Context(), imageNo(n), func() (io.ReadSeekCloser, error) {
		opened++
		return opens(drawing)()
	})
	if err != nil || made == nil {
		t.Fatal(made, err)
	}
	return made, opened
}

func TestRenditionsAreKept(t *testing.T) {
	folder, drawing := t.TempDir(), asPNG(t, rgba(300, 200))
	first, _ := askFor(t, openRenditions(t, folder, 1<<20), 1, drawing)
	if err := os.WriteFile(filepath.Join(folder, "d2-1x1.jpg.partial-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The server starts again.
	r := openRenditions(t, folder, 1<<20)
	again, opened := askFor(t, r, 1, drawing)
	if opened != 0 || again.Type != first.Type || again.Of != first.Of || !bytes.Equal(again.Content, first.Content) {
		t.Errorf("it was made %d times more: %s of %v", opened, again.Type, again.Of)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the folder holds %v, %v", left, err)
	}
	// One that is damaged or gone is made again.
	for _, spoil := range []func() error{func() error { return os.Truncate(left[0], 10) }, func() error { return os.Remove(left[0]) }} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if made, opened := askFor(t, r, 1, drawing); opened != 1 || !bytes.Equal(made.Content, first.Content) {
			t.Errorf("it was made %d times", opened)
		}
	}
}

// Those that were asked for last stay, after the server starts again too.
func TestRenditionsAreBounded(t *testing.T) {
	folder, drawing := t.TempDir(), asPNG(t, noisy(300, 200))
	made, _ := askFor(t, openRenditions(t, t.TempDir(), 1<<20), 0, drawing)
	most := 3 * int64(len(made.Content))
	r := openRenditions(t, folder, most)
	for n := range 6 {
		askFor(t, r, n, drawing)
		askFor(t, r, 0, drawing)
	}
	kept := func(r *thumbnail.Renditions, n int) bool {
		_, opened := askFor(t, r, n, drawing)
		return opened == 0
	}
	if files, _ := os.ReadDir(folder); len(files) != 3 || !kept(r, 0) {
		t.Errorf("%d files are kept", len(files))
	}
	// This rendition was not asked for in a month.
	old, err := filepath.Glob(filepath.Join(folder, "d5-*"))
	if err != nil || len(old) != 1 {
		t.Fatal(old, err)
	}
	if err := os.Chtimes(old[0], time.Time{}, time.Now().Add(-31*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	r = openRenditions(t, folder, most)
	if files, _ := os.ReadDir(folder); len(files) != 2 || !kept(r, 0) || kept(r, 5) {
		t.Errorf("afterwards %d files are kept", len(files))
	}
}
