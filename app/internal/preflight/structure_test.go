package preflight_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"handover/app/internal/preflight"
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
				got, err := preflight.LookInside(bytes.NewReader(s.data[:n]), int64(n))
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
			if got, err := preflight.LookInside(bytes.NewReader(data), int64(len(data))); err != nil || got != s.kind {
				t.Errorf("%q, %v; want %q", got, err, s.kind)
			}
		})
	}
}

func TestOtherFilesAreNotJudged(t *testing.T) {
	for name, data := range map[string][]byte{
		"text":          []byte("PK is what a zip begins with; %PDF- a PDF."),
		"wide text":     []byte("The wide screen is what we need"),
		"zeros":         make([]byte, 4096),
		"a zip's part":  append([]byte("PK\x07\x08PK\x03\x04"), make([]byte, 100)...),
		"text with box": []byte("The ftypewriter"),
		"one byte":      {0xff},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := preflight.LookInside(bytes.NewReader(data), int64(len(data)))
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
		"pdf, beyond": {map[int64][]byte{0: []byte("%PDF-1.4"), size - 30: []byte("startxref\n5000000000\n%%EOF")}, "pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &counting{r: sparse{size, c.places}}
			got, err := preflight.LookInside(r, size)
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			if r.bytes > 140<<10 {
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
			if _, err := preflight.LookInside(r, c.size); err != nil {
				t.Error(err)
			}
			if r.calls > 2*preflight.MaxSteps || r.bytes > preflight.MaxScan {
				t.Errorf("%d bytes were read in %d calls", r.bytes, r.calls)
			}
		})
	}
}

type broken struct{}

var errDisk = errors.New("the disk is broken")

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func TestFaultsOfTheDiskAreTold(t *testing.T) {
	if kind, err := preflight.LookInside(broken{}, 100); kind != "" || !errors.Is(err, errDisk) {
		t.Errorf("%q, %v", kind, err)
	}
}

// A file that shrinks while it is looked at is not whole.
func TestShrinkingFile(t *testing.T) {
	s := samples(t)["png with notes"]
	if kind, err := preflight.LookInside(bytes.NewReader(join(s.data[:60], make([]byte, 2000))), 5000); kind != "png" || err != nil {
		t.Errorf("%q, %v", kind, err)
	}
}
