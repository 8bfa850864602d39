package structure_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"handover/app/internal/structure"
)

// Every kind of file, cut at every byte.
func TestCutAtEveryByte(t *testing.T) {
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			for n := 1; n <= len(s.data); n++ {
				want := s.kind
				if n >= s.whole || n < s.recognised {
					want = ""
				}
				if s.kind == "mov" && n < 12 && n >= 8 && s.recognised == 12 || s.kind == "heif" && n < 12 && n >= 8 {
					want = "mp4" // the brand is what tells them apart
				}
				got, err := lookInside(bytes.NewReader(s.data[:n]), int64(n))
				if err != nil || got != want {
					t.Fatalf("%d of %d bytes: %q, %v; want %q", n, len(s.data), got, err, want)
				}
			}
		})
	}
}

// A transfer that reserves the space first leaves zeros at the end.
func TestFilledWithZeros(t *testing.T) {
	for name, s := range samples(t) {
		if slices.Contains([]string{"mp4", "mp4 in fragments", "mp4, content up to the end", "heif"}, name) {
			continue // their content may be zeros
		}
		t.Run(name, func(t *testing.T) {
			data := join(s.data[:s.whole*2/3], make([]byte, 200_000))
			if got, err := lookInside(bytes.NewReader(data), int64(len(data))); err != nil || got != s.kind {
				t.Errorf("%q, %v; want %q", got, err, s.kind)
			}
		})
	}
}

func TestOtherFilesAreNotJudged(t *testing.T) {
	for name, data := range map[string][]byte{
		"text":          []byte("PK is what a zip begins with; %PDF- a PDF."),
		"wide text":     []byte("The wide screen is what we need"),
		"a zip's part":  append([]byte("PK\x07\x08PK\x03\x04"), make([]byte, 100)...),
		"text with box": []byte("The ftypewriter"),
		"one byte":      {0xff},
		"UTF-16":        []byte("\xff\xfeA\x00n\x00d\x00 \x00m\x00o\x00r\x00e\x00"),
		"Type 1 font":   []byte("%!PS-AdobeFont-1.0: Handover 001.001\n/FontName"),
		"PS resource":   []byte("%!PS-Adobe-3.0 Resource-Font\n%%Title: x\n"),
		"a part of 7z":  []byte("7z\xbc\xaf\x27"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lookInside(bytes.NewReader(data), int64(len(data)))
			if got != "" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// counting fails the test when more is read than the bounds allow.
type counting struct {
	r     io.ReaderAt
	bytes int64
	calls int
}

func (c *counting) ReadAt(b []byte, offset int64) (int, error) {
	c.bytes, c.calls = c.bytes+int64(len(b)), c.calls+1
	return c.r.ReadAt(b, offset)
}

// sparse is a file of a size with some bytes at places, and zeros elsewhere.
type sparse struct {
	size   int64
	places map[int64][]byte
}

func (s sparse) ReadAt(b []byte, offset int64) (int, error) {
	n := int(max(0, min(int64(len(b)), s.size-offset)))
	clear(b[:n])
	for at, data := range s.places {
		if from, to := max(at, offset), min(at+int64(len(data)), offset+int64(n)); from < to {
			copy(b[from-offset:to-offset], data[from-at:])
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func TestHugeFilesAreReadLittle(t *testing.T) {
	const size = 5_000_000_000
	mdat := binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), size-20-72)
	for name, c := range map[string]struct {
		places map[int64][]byte
		want   string
	}{
		"mp4":         {map[int64][]byte{0: ftyp("isom"), 20: mdat, size - 72: box("moov", 64)}, ""},
		"mp4, cut":    {map[int64][]byte{0: ftyp("isom"), 20: binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), size)}, "mp4"},
		"png":         {map[int64][]byte{0: []byte("\x89PNG\r\n\x1a\n"), size - 12: chunk("IEND", nil)}, ""},
		"png, cut":    {map[int64][]byte{0: join([]byte("\x89PNG\r\n\x1a\n"), []byte("\xff\xff\xff\xf0IDAT"))}, "png"},
		"zip, cut":    {map[int64][]byte{0: []byte("PK\x03\x04")}, "zip"},
		"pdf":         {map[int64][]byte{0: []byte("%PDF-1.4"), size - 30: []byte("startxref\n4000000000\n%%EOF")}, ""},
		"wav":         {map[int64][]byte{0: hugeWAV(size)}, ""},
		"wav, cut":    {map[int64][]byte{0: hugeWAV(size + 1)}, "wav"},
		"mkv":         {map[int64][]byte{0: hugeMatroska(size), size - 20: noise(20)}, ""},
		"mkv, cut":    {map[int64][]byte{0: hugeMatroska(size + 1), size - 20: noise(20)}, "mkv"},
		"mkv, zeros":  {map[int64][]byte{0: hugeMatroska(size)}, "mkv"},
		"7z, cut":     {map[int64][]byte{0: join([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), make([]byte, 4), le.AppendUint64(nil, size), le.AppendUint64(nil, 90))}, "7z"},
		"tar":         {map[int64][]byte{0: hugeTar(size - 1536)}, ""},
		"tar, cut":    {map[int64][]byte{0: hugeTar(size)}, "tar"},
		"gzip":        {map[int64][]byte{0: []byte("\x1f\x8b\x08"), size - 20: noise(20)}, ""},
		"flac, cut":   {map[int64][]byte{0: []byte("fLaC\x00\x00\x00\x22\x10\x00\x10\x00")}, "flac"},
		"ogg, cut":    {map[int64][]byte{0: []byte("OggS\x00\x02")}, "ogg"},
		"mxf, cut":    {map[int64][]byte{0: []byte("\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\x00\x83\x00\x00\x78")}, "mxf"},
		"zeros":       {nil, "zeros"},
		"pdf, beyond": {map[int64][]byte{0: []byte("%PDF-1.4"), size - 30: []byte("startxref\n5000000000\n%%EOF")}, "pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &counting{r: sparse{size, c.places}}
			got, err := lookInside(r, size)
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			if r.bytes > 200<<10 {
				t.Errorf("%d bytes were read", r.bytes)
			}
		})
	}
}

// Files made to keep a reader busy.
func TestHostileFiles(t *testing.T) {
	end := bytes.Repeat([]byte("PK\x05\x06"), 16<<10)
	for name, c := range map[string]struct {
		size   int64
		places map[int64][]byte
	}{
		"marks of a zip's end without end": {1 << 20, map[int64][]byte{0: []byte("PK\x03\x04"), 1<<20 - int64(len(end)): end}},
		"boxes without content":            {1 << 20, map[int64][]byte{0: join(ftyp("isom"), bytes.Repeat(box("free", 0), 100_000))}},
		"a box that ends before it begins": {1 << 20, map[int64][]byte{0: join(ftyp("isom"), []byte("\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x01"))}},
		"a box of all sizes":               {math.MaxInt64, map[int64][]byte{0: join(ftyp("isom"), []byte("\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"))}},
		"chunks without content":           {1 << 20, map[int64][]byte{0: join([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat(chunk("IDAT", nil), 50_000))}},
		"segments without content":         {1 << 20, map[int64][]byte{0: join([]byte("\xff\xd8"), bytes.Repeat([]byte("\xff\xe1\x00\x02"), 200_000))}},
		"padding between segments":         {1 << 20, map[int64][]byte{0: join([]byte("\xff\xd8"), bytes.Repeat([]byte{0xff}, 1<<19))}},
		"a picture of any length":          {math.MaxInt64, map[int64][]byte{0: []byte("\xff\xd8\xff\xda\x00\x02")}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &counting{r: sparse{c.size, c.places}}
			if _, err := lookInside(r, c.size); err != nil {
				t.Error(err)
			}
			if r.calls > 2*structure.MaxSteps || r.bytes > structure.MaxScan {
				t.Errorf("%d bytes were read in %d calls", r.bytes, r.calls)
			}
		})
	}
}

type broken struct{}

var errDisk = errors.New("the disk is broken")

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func TestFaultsOfTheDiskAreTold(t *testing.T) {
	if kind, err := lookInside(broken{}, 100); kind != "" || !errors.Is(err, errDisk) {
		t.Errorf("%q, %v", kind, err)
	}
}

// A file that shrinks while it is looked at is not whole.
func TestShrinkingFile(t *testing.T) {
	s := samples(t)["png with notes"]
	if kind, err := lookInside(bytes.NewReader(join(s.data[:60], make([]byte, 5000))), 9000); kind != "png" || err != nil {
		t.Errorf("%q, %v", kind, err)
	}
}

// hugeWAV begins a file of the size, whose content is silent.
func hugeWAV(size uint64) []byte {
	const begun = 12 + 36 + 24 + 8
	b := append([]byte("RF64\xff\xff\xff\xffWAVEds64"), le.AppendUint32(nil, 28)...)
	b = le.AppendUint64(le.AppendUint64(b, size-8), size-begun)
	b = append(b, make([]byte, 12)...)
	b = append(le.AppendUint32(append(b, "fmt "...), 16), "\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"...)
	return append(b, "data\xff\xff\xff\xff"...)
}

func hugeMatroska(size uint64) []byte {
	return be.AppendUint64([]byte("\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67"), 1<<56|(size-17))
}

// hugeTar has one file of the size.
func hugeTar(size int64) []byte {
	b := make([]byte, 512)
	copy(b, "film.mov")
	copy(b[124:], fmt.Sprintf("%011o", size/512*512))
	copy(b[148:], "        ")
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00", sum))
	return b
}

func TestNamesThatBelieTheContent(t *testing.T) {
	page := []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in to download.</body></html>")
	whole := map[string]item{}
	for _, f := range corpus(t) {
		whole[f.name] = f
	}
	for _, c := range []struct {
		name string
		data []byte
		want structure.Verdict
	}{
		{"photo.jpg", whole["photo.heic"].data, structure.Verdict{Kind: "heif", Fault: structure.Belied}},
		{"photo.JPG", whole["magick.png"].data, structure.Verdict{Kind: "png", Fault: structure.Belied}},
		{"film.zip", page, structure.Verdict{Kind: "html", Fault: structure.Belied}},
		{"film.mp4", page, structure.Verdict{Kind: "html", Fault: structure.Belied}},
		{"film.pdf", []byte("{\"error\": \"the link has expired\"}"), structure.Verdict{Kind: "json", Fault: structure.Belied}},
		{"song.wav", whole["ffmpeg.flac"].data, structure.Verdict{Kind: "flac", Fault: structure.Belied}},
		{"photo.png", noise(5000), structure.Verdict{Kind: "", Fault: structure.Belied}},
		{"text.docx", whole["zip.zip"].data, structure.Verdict{Kind: "zip"}},
		{"locked.docx", whole["letter.doc"].data, structure.Verdict{Kind: "doc"}},
		{"logo.ai", whole["ghostscript.pdf"].data, structure.Verdict{Kind: "pdf"}},
		{"film.mov", whole["h264.mp4"].data, structure.Verdict{Kind: "mp4"}},
		{"page.html", page, structure.Verdict{}},
		{"main.ts", []byte("export const a = 1;\n"), structure.Verdict{}},
		{"setup.zip", slices.Concat(noise(5000), whole["zip.zip"].data), structure.Verdict{Kind: "zip"}},
		{"cut.zip", slices.Concat(noise(5000), whole["zip.zip"].data[:500]), structure.Verdict{Fault: structure.Belied}},
		{"film.zip.001", whole["zip.zip"].data[:500], structure.Verdict{Kind: "zip"}},
		{"film.r00", whole["archive.rar"].data[:500], structure.Verdict{Kind: "rar"}},
		{"work.bin", make([]byte, 70_000), structure.Verdict{Fault: structure.Zeros}},
		{"work.mp4", make([]byte, 70_000), structure.Verdict{Fault: structure.Zeros}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := structure.Check(bytes.NewReader(c.data), int64(len(c.data)), c.name)
			if err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

// The second half of a recording may be silent. A sound that ends at its
// loudest has lost the rest.
func TestSilence(t *testing.T) {
	for name, c := range map[string]struct {
		sound func(i, n int) int16
		want  structure.Fault
	}{
		"dies away": {func(i, n int) int16 { return int16(max(0, 20000*(n/2-i)/(n/2)) * (i%2*2 - 1)) }, ""},
		"breaks off": {func(i, n int) int16 {
			if i > n/3 {
				return 0
			}
			return int16(20000 * (i%2*2 - 1))
		}, structure.Zeros},
		"is silent": {func(int, int) int16 { return 0 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 60_000
			data := append([]byte("RIFF"), le.AppendUint32(nil, 2*n+36)...)
			data = append(data, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"...)
			data = le.AppendUint32(data, 2*n)
			for i := range n {
				data = le.AppendUint16(data, uint16(c.sound(i, n)))
			}
			got, err := structure.Check(bytes.NewReader(data), int64(len(data)), "stem.wav")
			if err != nil || got.Fault != c.want {
				t.Errorf("%+v, %v; want %q", got, err, c.want)
			}
		})
	}
}
