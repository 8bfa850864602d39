package thumbnail_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"handover/backend/order"
	"handover/backend/thumbnail"
)

var (
	red  = color.RGBA{0xfe, 0, 0, 0xff}
	blue = color.RGBA{0, 0, 0xfe, 0xff}
)

// halves is an image that is red on the left and blue on the right.
func halves(img interface {
	image.Image
	Set(x, y int, c color.Color)
}) image.Image {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := red
			if x >= (b.Min.X+b.Max.X)/2 {
				c = blue
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func rgba(w, h int) image.Image { return halves(image.NewRGBA(image.Rect(0, 0, w, h))) }

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asGIF(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// look asks a new maker for the thumbnail; nil when there is none.
func look(t *testing.T, kind string, content []byte) image.Image {
	t.Helper()
	made, err := thumbnail.New(1<<20).Of(t.Context(), order.File{ID: "f", Type: kind, SHA256: "d"}, opens(content))
	if err != nil {
		t.Fatal(err)
	}
	if made == nil {
		return nil
	}
	img, err := jpeg.Decode(bytes.NewReader(made))
	if err != nil {
		t.Fatalf("the thumbnail is no JPEG: %v", err)
	}
	return img
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > 0x3000 }
	return !far(r1, r2) && !far(g1, g2) && !far(b1, b2)
}

func TestEveryForm(t *testing.T) {
	palette := color.Palette{red, blue, color.Black}
	square := image.Rect(0, 0, 64, 64)
	for _, tc := range []struct {
		name, kind string
		content    []byte
		w, h       int
	}{
		{"a photograph", "image/jpeg", asJPEG(t, rgba(800, 600)), 160, 120},
		{"upright", "image/jpeg", asJPEG(t, rgba(300, 900)), 53, 160},
		{"progressive", "image/jpeg", sample(t, "progressive.jpg"), 24, 16},
		{"for printing", "image/jpeg", sample(t, "cmyk.jpg"), 24, 16},
		{"a PNG", "image/png", asPNG(t, rgba(320, 320)), 160, 160},
		{"16 bits", "image/png", asPNG(t, halves(image.NewRGBA64(square))), 64, 64},
		{"16 bits with alpha", "image/png", asPNG(t, halves(image.NewNRGBA64(square))), 64, 64},
		{"of a palette", "image/png", asPNG(t, halves(image.NewPaletted(square, palette))), 64, 64},
		{"a GIF", "image/gif", asGIF(t, halves(image.NewPaletted(square, palette))), 64, 64},
		{"the first image of an animation", "image/gif", sample(t, "animated.gif"), 24, 16},
		{"a WebP", "image/webp", sample(t, "photo.webp"), 24, 16},
		{"a line", "image/png", asPNG(t, rgba(5000, 1)), 160, 1},
		{"two pixels", "image/png", asPNG(t, rgba(2, 1)), 2, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			img := look(t, tc.kind, tc.content)
			if img == nil {
				t.Fatal("there is none")
			}
			if size := img.Bounds().Size(); size != image.Pt(tc.w, tc.h) {
				t.Errorf("it is of %v, want %dx%d", size, tc.w, tc.h)
			}
			if tc.w < 8 {
				return // colours of a JPEG's blocks run together
			}
			if left, right := img.At(1, 0), img.At(tc.w-2, 0); !near(left, red) || !near(right, blue) {
				t.Errorf("left is %v, right is %v", left, right)
			}
		})
	}
}

// White and black on nothing can both be told from what shows through.
func TestTransparent(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for y := range 40 {
		for x := range 20 {
			img.Set(x, y, color.White)
		}
	}
	for name, made := range map[string]image.Image{
		"PNG": look(t, "image/png", asPNG(t, img)), "WebP": look(t, "image/webp", sample(t, "logo.webp")),
	} {
		if made == nil {
			t.Fatal("there is none of " + name)
		}
		clear := made.Bounds().Max.X - 5
		if name == "WebP" {
			clear = 4
		}
		if c := made.At(clear, 4); !near(c, color.Gray{0xf4}) && !near(c, color.Gray{0xb8}) {
			t.Errorf("%s: what is transparent is %v", name, c)
		}
	}
}

// exif returns EXIF with an orientation.
func exif(order binary.AppendByteOrder, value uint16) []byte {
	tiff := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II*\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 1}, {0x0112, value}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[0]), 3)
		tiff = order.AppendUint16(order.AppendUint16(order.AppendUint32(tiff, 1), entry[1]), 0)
	}
	return tiff
}

// exifJPEG returns the JPEG with EXIF in its header.
func exifJPEG(content, exif []byte) []byte {
	return withSegment(content, append([]byte("Exif\x00\x00"), exif...))
}

// exifPNG returns the PNG with EXIF in a chunk behind its header.
func exifPNG(content, exif []byte) []byte {
	const header = 8 + 12 + 13
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(exif)))
	chunk = append(append(chunk, "eXIf"...), exif...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(content[:header], chunk, content[header:])
}

// exifWebP returns the simple WebP, of 24 by 16 pixels, as one of the extended
// form with EXIF behind the image.
func exifWebP(content, exif []byte) []byte {
	const flagged = "VP8X\x0a\x00\x00\x00\x08\x00\x00\x00\x17\x00\x00\x0f\x00\x00"
	chunk := binary.LittleEndian.AppendUint32([]byte("EXIF"), uint32(len(exif)))
	chunk = append(append(chunk, exif...), make([]byte, len(exif)%2)...)
	body := slices.Concat([]byte("WEBP"+flagged), content[12:], chunk)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func withSegment(content, body []byte) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(append(append([]byte{0xff, 0xd8}, segment...), body...), content[2:]...)
}

func TestOrientation(t *testing.T) {
	// Red on the left, blue on the right, and black at the bottom.
	src := halves(image.NewRGBA(image.Rect(0, 0, 96, 64))).(*image.RGBA)
	for y := 48; y < 64; y++ {
		for x := range 96 {
			src.Set(x, y, color.Black)
		}
	}
	content := asJPEG(t, src)
	for value, want := range map[uint16]struct{ red, blue, black image.Point }{
		0: {image.Pt(8, 24), image.Pt(88, 24), image.Pt(48, 60)},
		1: {image.Pt(8, 24), image.Pt(88, 24), image.Pt(48, 60)},
		2: {image.Pt(88, 24), image.Pt(8, 24), image.Pt(48, 60)},
		3: {image.Pt(88, 40), image.Pt(8, 40), image.Pt(48, 4)},
		4: {image.Pt(8, 40), image.Pt(88, 40), image.Pt(48, 4)},
		5: {image.Pt(24, 8), image.Pt(24, 88), image.Pt(60, 48)},
		6: {image.Pt(40, 8), image.Pt(40, 88), image.Pt(4, 48)},
		7: {image.Pt(40, 88), image.Pt(40, 8), image.Pt(4, 48)},
		8: {image.Pt(24, 88), image.Pt(24, 8), image.Pt(60, 48)},
		9: {image.Pt(8, 24), image.Pt(88, 24), image.Pt(48, 60)},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			img := look(t, "image/jpeg", exifJPEG(content, exif(order, value)))
			if img == nil {
				t.Fatalf("%d: there is none", value)
			}
			size := image.Pt(96, 64)
			if value >= 5 && value <= 8 {
				size = image.Pt(64, 96)
			}
			at := func(p image.Point) color.Color { return img.At(p.X, p.Y) }
			if img.Bounds().Size() != size || !near(at(want.red), red) || !near(at(want.blue), blue) || !near(at(want.black), color.Black) {
				t.Errorf("%d (%v): %v with %v, %v and %v", value, order, img.Bounds(), at(want.red), at(want.blue), at(want.black))
			}
		}
	}
}

// Nonsense in a header is as if it said nothing.
func TestOrientationIsNonsense(t *testing.T) {
	content := asJPEG(t, rgba(64, 32))
	whole := append([]byte("Exif\x00\x00"), exif(binary.LittleEndian, 6)...)
	for cut := range len(whole) - 8 {
		if img := look(t, "image/jpeg", withSegment(content, whole[:cut])); img == nil || img.Bounds().Dx() != 64 {
			t.Errorf("cut after %d bytes: %v", cut, img)
		}
	}
	far := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(far[10:], 0xffffffff)
	if img := look(t, "image/jpeg", withSegment(content, far)); img == nil || img.Bounds().Dx() != 64 {
		t.Errorf("with entries far away: %v", img)
	}
}

// A PNG and a WebP are turned by EXIF in a chunk, and nonsense there is as if it
// said nothing.
func TestOrientationInChunks(t *testing.T) {
	drawing, photo := asPNG(t, rgba(64, 32)), sample(t, "photo.webp")
	for _, tc := range []struct {
		name, kind string
		with       func(exif []byte) []byte
	}{
		{"PNG", "image/png", func(exif []byte) []byte { return exifPNG(drawing, exif) }},
		{"APNG", "image/apng", func(exif []byte) []byte { return exifPNG(drawing, exif) }},
		{"WebP", "image/webp", func(exif []byte) []byte { return exifWebP(photo, exif) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			turned := func(exif []byte) bool {
				t.Helper()
				img := look(t, tc.kind, tc.with(exif))
				if img == nil {
					t.Fatal("there is none")
				}
				size := img.Bounds().Size()
				if size.X >= size.Y {
					return false
				}
				if top, bottom := img.At(size.X/2, 1), img.At(size.X/2, size.Y-2); !near(top, red) || !near(bottom, blue) {
					t.Errorf("the top is %v, the bottom is %v", top, bottom)
				}
				return true
			}
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				if !turned(exif(order, 6)) {
					t.Errorf("%v: it is not turned", order)
				}
			}
			whole := exif(binary.LittleEndian, 6)
			if !turned(append([]byte("Exif\x00\x00"), whole...)) {
				t.Error("not turned when the EXIF begins as in a JPEG")
			}
			if turned(exif(binary.LittleEndian, 9)) {
				t.Error("turned by an orientation that does not exist")
			}
			for cut := range len(whole) - 4 {
				if turned(whole[:cut]) {
					t.Errorf("turned by EXIF that is cut after %d bytes", cut)
				}
			}
			far := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(far[4:], 0xffffffff)
			if turned(far) {
				t.Error("turned by EXIF whose entries are far away")
			}
		})
	}
}

// Chunks may claim any size, and the file may end anywhere.
func TestChunksAreHostile(t *testing.T) {
	photo := exifWebP(sample(t, "photo.webp"), exif(binary.LittleEndian, 6))
	at := bytes.Index(photo, []byte("EXIF"))
	for _, size := range []uint32{0, 1, 0xffffffff} {
		claims := bytes.Clone(photo)
		binary.LittleEndian.PutUint32(claims[at+4:], size)
		if look(t, "image/webp", claims) == nil {
			t.Errorf("there is none when EXIF claims %d bytes", size)
		}
	}
	before := bytes.Clone(photo)
	copy(before[at:], "NONE\xff\xff\xff\xff")
	if img := look(t, "image/webp", before); img == nil || img.Bounds().Dx() != 24 {
		t.Errorf("with a last chunk that is too long: %v", img)
	}
	unflagged := bytes.Replace(photo, []byte("VP8X\x0a\x00\x00\x00\x08"), []byte("VP8X\x0a\x00\x00\x00\x00"), 1)
	if img := look(t, "image/webp", unflagged); img == nil || img.Bounds().Dx() != 24 {
		t.Errorf("without the flag: %v", img)
	}
	drawing := exifPNG(asPNG(t, rgba(64, 32)), exif(binary.LittleEndian, 6))
	for cut := range len(drawing) - 12 { // the last is IEND
		look(t, "image/png", drawing[:cut])
	}
}

// bombPNG is a PNG that is valid as far as its header goes.
func bombPNG(w, h uint32, depth, kind byte) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	header = append(header, depth, kind, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\r"), header...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(header))
}

// bombJPEG is the header of a JPEG of that size.
func bombJPEG(frame byte, w, h uint16, components byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, frame}, uint16(8+3*int(components)))
	out = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(append(out, 8), h), w)
	out = append(out, components)
	for i := range components {
		out = append(out, i+1, 0x11, 0)
	}
	return out
}

func TestWhatHasNone(t *testing.T) {
	photo, drawing := asJPEG(t, rgba(640, 480)), asPNG(t, rgba(640, 480))
	gifBomb := append([]byte("GIF89a\xff\xff\xff\xff\x80\x00\x00"), make([]byte, 6)...)
	webpBomb := []byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\x3f\x00\xff\x3f\x00\x00\x00\x00\x00")
	for _, tc := range []struct {
		name, kind string
		content    []byte
	}{
		{"of another kind", "image/svg+xml", []byte("<svg/>")},
		{"of no kind", "", photo},
		{"a PDF", "application/pdf", []byte("%PDF-1.7")},
		{"empty", "image/png", nil},
		{"a JPEG that is called a PNG", "image/png", photo},
		{"a PNG that is called a JPEG", "image/jpeg", drawing},
		{"cut short", "image/jpeg", photo[:len(photo)/2]},
		{"cut in its header", "image/jpeg", photo[:30]},
		{"a PNG that is cut short", "image/png", drawing[:len(drawing)/2]},
		{"an animation of a kind that is not read", "image/webp", sample(t, "animated.webp")},
		{"with no pixels", "image/png", bombPNG(0, 100, 8, 2)},
		{"a PNG too large", "image/png", bombPNG(100_000, 100_000, 8, 2)},
		{"a PNG so large that counting overflows", "image/png", bombPNG(0x7fffffff, 0x7fffffff, 16, 6)},
		{"a PNG too deep", "image/png", bombPNG(5_000, 5_000, 16, 6)},
		{"a JPEG too large", "image/jpeg", bombJPEG(0xc0, 65_500, 65_500, 3)},
		{"a progressive JPEG too large", "image/jpeg", bombJPEG(0xc2, 4_000, 4_000, 3)},
		{"a JPEG of five colours", "image/jpeg", bombJPEG(0xc0, 10, 10, 5)},
		{"a GIF too large", "image/gif", gifBomb},
		{"a WebP too large", "image/webp", webpBomb},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if img := look(t, tc.kind, tc.content); img != nil {
				t.Errorf("it has one of %v", img.Bounds())
			}
		})
	}
}

func FuzzThumbnail(f *testing.F) {
	for _, name := range []string{"animated.gif", "animated.webp", "cmyk.jpg", "logo.webp", "photo.webp", "progressive.jpg"} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add("image/"+map[string]string{".gif": "gif", ".jpg": "jpeg"}[filepath.Ext(name)], content)
		f.Add("image/webp", content)
		if name == "photo.webp" {
			f.Add("image/webp", exifWebP(content, exif(binary.BigEndian, 6)))
		}
	}
	f.Add("image/png", exifPNG(bombPNG(4, 2, 8, 2), exif(binary.BigEndian, 6)))
	f.Fuzz(func(t *testing.T, kind string, content []byte) {
		made, err := thumbnail.New(1<<20).Of(t.Context(), order.File{Type: kind, SHA256: "d"}, opens(content))
		if err != nil {
			t.Fatal(err)
		}
		if made != nil {
			if c, err := jpeg.DecodeConfig(bytes.NewReader(made)); err != nil || c.Width > 160 || c.Height > 160 {
				t.Errorf("%v, %v", c, err)
			}
		}
	})
}

// noisy compresses badly.
func noisy(w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32())
	}
	return img
}
