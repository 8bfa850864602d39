package preflight_test

import (
	"bytes"
	"slices"
	"testing"

	"handover/app/internal/preflight"
)

// What the parsers are given comes from anybody. Seeds lie in testdata/fuzz.

func FuzzZip(f *testing.F)  { fuzz(f, "zip", "PK\x03\x04") }
func FuzzPNG(f *testing.F)  { fuzz(f, "png", "\x89PNG") }
func FuzzJPEG(f *testing.F) { fuzz(f, "jpeg", "\xff\xd8\xff") }
func FuzzPDF(f *testing.F)  { fuzz(f, "pdf", "%PDF-") }

func FuzzBoxes(f *testing.F) {
	fuzz(f, "mp4", "\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom", "mov", "heif")
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
		r := &counting{r: bytes.NewReader(data)}
		got, err := preflight.LookInside(r, int64(len(data)))
		if err != nil {
			t.Errorf("memory has no faults: %v", err)
		}
		if !slices.Contains(kinds, got) {
			t.Errorf("the kind is %q", got)
		}
		if r.calls > 2*preflight.MaxSteps || r.bytes > preflight.MaxScan {
			t.Errorf("%d bytes were read in %d calls", r.bytes, r.calls)
		}
	})
}
