package thumbnail_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"handover/app/internal/thumbnail"
)

// quarters is an image whose four quarters are red, green, blue and white.
func quarters(width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{0xff, 0, 0, 0xff}
			switch right, low := x >= width/2, y >= height/2; {
			case right && low:
				c = color.NRGBA{0xff, 0xff, 0xff, 0xff}
			case right:
				c = color.NRGBA{0, 0xff, 0, 0xff}
			case low:
				c = color.NRGBA{0, 0, 0xff, 0xff}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned puts an Exif segment with the orientation into a JPEG.
func turned(photo []byte, orientation uint16) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, 0x0112)
	tiff = binary.LittleEndian.AppendUint16(tiff, 3)
	tiff = binary.LittleEndian.AppendUint32(tiff, 1)
	tiff = binary.LittleEndian.AppendUint32(tiff, uint32(orientation))
	segment := append([]byte("Exif\x00\x00"), append(tiff, 0, 0, 0, 0)...)
	out := append([]byte{}, photo[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), photo[2:]...)
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// corners names the colours of a thumbnail's corners, from the top left on by rows.
func corners(t *testing.T, thumb []byte) string {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(thumb))
	if err != nil {
		t.Fatal(err)
	}
	const side = thumbnail.Side
	if img.Bounds() != image.Rect(0, 0, side, side) {
		t.Fatalf("it measures %v", img.Bounds())
	}
	names := ""
	for _, at := range []image.Point{{9, 9}, {side - 9, 9}, {9, side - 9}, {side - 9, side - 9}} {
		r, g, b, _ := img.At(at.X, at.Y).RGBA()
		switch red, green, blue := r > 0x8000, g > 0x8000, b > 0x8000; {
		case red && green && blue:
			names += "w"
		case red && !green && !blue:
			names += "r"
		case green && !red && !blue:
			names += "g"
		case blue && !red && !green:
			names += "b"
		default:
			names += "?"
		}
	}
	return names
}

func TestImages(t *testing.T) {
	var animated bytes.Buffer
	if err := gif.Encode(&animated, quarters(90, 60), nil); err != nil {
		t.Fatal(err)
	}
	photo := jpegOf(t, quarters(320, 240))
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"png":                   {pngOf(t, quarters(300, 200)), "rgbw"},
		"jpeg":                  {photo, "rgbw"},
		"gif":                   {animated.Bytes(), "rgbw"},
		"wrong extension":       {photo, "rgbw"},
		"one pixel":             {pngOf(t, quarters(1, 1)), "wwww"},
		"a strip":               {pngOf(t, quarters(4000, 3)), "rgbw"},
		"transparent":           {pngOf(t, image.NewNRGBA(image.Rect(0, 0, 9, 9))), "wwww"},
		"mirrored":              {turned(photo, 2), "grwb"},
		"upside down":           {turned(photo, 3), "wbgr"},
		"turned right":          {turned(photo, 6), "brwg"},
		"turned left":           {turned(photo, 8), "gwrb"},
		"an orientation of 900": {turned(photo, 900), "rgbw"},
	} {
		t.Run(name, func(t *testing.T) {
			thumb := thumbnail.NewMaker().Of(t.Context(), write(t, "image.txt", c.content))
			if thumb == nil {
				t.Fatal("there is none")
			}
			if got := corners(t, thumb); got != c.want {
				t.Errorf("its corners are %s, want %s", got, c.want)
			}
			if len(thumb) > 20_000 {
				t.Errorf("it has %d bytes", len(thumb))
			}
		})
	}
}

// claiming is a PNG of a few bytes that claims a size.
func claiming(t *testing.T, width, height uint32) []byte {
	b := pngOf(t, quarters(4, 4))
	ihdr := b[12:29] // the type and the content of the first chunk
	binary.BigEndian.PutUint32(ihdr[4:], width)
	binary.BigEndian.PutUint32(ihdr[8:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(ihdr))
	return b
}

func TestNoThumbnail(t *testing.T) {
	whole := pngOf(t, quarters(300, 200))
	photo := jpegOf(t, quarters(320, 240))
	progressive := bytes.Replace(photo, []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1)
	binary.BigEndian.PutUint16(progressive[bytes.Index(progressive, []byte{0xff, 0xc2})+5:], 60_000)
	for name, content := range map[string][]byte{
		"empty":             {},
		"text":              []byte("no image at all"),
		"svg":               []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		"cut short":         whole[:len(whole)/2],
		"photo cut short":   photo[:300],
		"only a header":     whole[:40],
		"50,000 by 50,000":  claiming(t, 50_000, 50_000),
		"most of all":       claiming(t, 1<<31-1, 1<<31-1),
		"no height":         claiming(t, 4, 0),
		"huge, progressive": progressive,
	} {
		t.Run(name, func(t *testing.T) {
			if thumb := thumbnail.NewMaker().Of(t.Context(), write(t, "image.png", content)); thumb != nil {
				t.Errorf("there is one, of %d bytes", len(thumb))
			}
		})
	}
	for name, path := range map[string]string{"nothing there": filepath.Join(t.TempDir(), "none.png"), "a folder": t.TempDir(), "no path": ""} {
		t.Run(name, func(t *testing.T) {
			if thumb := thumbnail.NewMaker().Of(t.Context(), path); thumb != nil {
				t.Error("there is one")
			}
		})
	}
}

func TestKept(t *testing.T) {
	maker := thumbnail.NewMaker()
	path := write(t, "image.png", pngOf(t, quarters(300, 200)))
	first := maker.Of(t.Context(), path)
	if again := maker.Of(t.Context(), path); &again[0] != &first[0] {
		t.Error("it was made twice")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if maker.Of(ended, path) == nil {
		t.Error("what is kept needs no time")
	}

	if err := os.WriteFile(path, pngOf(t, image.NewNRGBA(image.Rect(0, 0, 99, 99))), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := corners(t, maker.Of(t.Context(), path)); got != "wwww" {
		t.Errorf("of the new version the corners are %s", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if maker.Of(t.Context(), path) != nil {
		t.Error("the file is gone, its thumbnail not")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	maker := thumbnail.NewMaker()
	path := write(t, "image.png", pngOf(t, quarters(300, 200)))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if maker.Of(t.Context(), path) == nil {
				t.Error("there is none")
			}
		})
	}
	all.Wait()
}

func FuzzImages(f *testing.F) {
	img := quarters(8, 8)
	for _, encode := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, img) },
		func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) },
		func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(turned(b.Bytes(), 6))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "image")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if thumb := thumbnail.NewMaker().Of(t.Context(), path); thumb != nil {
			if _, err := jpeg.Decode(bytes.NewReader(thumb)); err != nil {
				t.Error(err)
			}
		}
	})
}
