package structure_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"handover/app/internal/structure"
)

// What the parsers are given comes from anybody. Seeds lie in testdata/fuzz.

func FuzzZip(f *testing.F)  { fuzz(f, "zip", "PK\x03\x04") }
func FuzzPNG(f *testing.F)  { fuzz(f, "png", "\x89PNG") }
func FuzzJPEG(f *testing.F) { fuzz(f, "jpeg", "\xff\xd8\xff") }
func FuzzPDF(f *testing.F)  { fuzz(f, "pdf", "%PDF-") }

func FuzzBoxes(f *testing.F) {
	fuzz(f, "mp4", "\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom", "mov", "heif")
}

// FuzzCheck begins with whole files of all kinds.
func FuzzCheck(f *testing.F) {
	for _, c := range corpus(f) {
		if len(c.data) < 8<<10 {
			f.Add(c.data, c.name)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) { holdToBounds(t, data, name) })
}

// Every kind, with some bytes that are other ones.
func TestDamagedFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, f := range corpus(t) {
		for range 40 {
			data := bytes.Clone(f.data)
			for range 1 + r.IntN(8) {
				at := r.IntN(len(data))
				if r.IntN(2) == 0 {
					at = r.IntN(min(len(data), 400)) // mostly it is the beginning that counts
				}
				data[at] = [4]byte{0, 0xff, 0x7f, byte(r.IntN(256))}[r.IntN(4)]
			}
			holdToBounds(t, data, f.name)
		}
	}
}

func holdToBounds(t *testing.T, data []byte, name string) structure.Verdict {
	t.Helper()
	r := &counting{r: bytes.NewReader(data)}
	v, err := structure.Check(r, int64(len(data)), name)
	if err != nil {
		t.Errorf("%s: memory has no faults: %v", name, err)
	}
	if r.calls > 2*structure.MaxSteps || r.bytes > structure.MaxScan {
		t.Errorf("%s: %d bytes were read in %d calls", name, r.bytes, r.calls)
	}
	return v
}

// fuzz gives the parser of a kind all that begins like it, and holds it to its
// bounds.
func fuzz(f *testing.F, kind, begin string, others ...string) {
	kinds := append(others, kind, "")
	for _, s := range samples(f) {
		if s.kind == kind {
			f.Add(bytes.TrimPrefix(s.data, []byte(begin)))
		}
	}
	f.Fuzz(func(t *testing.T, rest []byte) {
		data := append([]byte(begin), rest...)
		if v := holdToBounds(t, data, ""); v.Fault != "" && !slices.Contains(kinds, v.Kind) {
			t.Errorf("the kind is %q", v.Kind)
		}
	})
}
