package preflight

import (
	"bytes"
	"regexp"
	"strconv"
)

var (
	pdfStart = []byte("startxref")
	pdfEnd   = []byte("%%EOF")
	// pdfLength is the length that a PDF made for the web says it has.
	pdfLength = regexp.MustCompile(`/Linearized[^>]*?/L\s+(\d+)`)
)

// pdfTail is how far from the end a PDF may have its last line: readers accept
// as much, and servers append some text of theirs.
const pdfTail = 16 << 10

// checkPDF looks for the last line and, before it, for the place of the table
// of contents, which has to lie before it.
func checkPDF(p *probe) error {
	head, err := p.at(0, int(min(p.size, 1024)))
	if err != nil {
		return err
	}
	if m := pdfLength.FindSubmatch(head); m != nil && numberOf(m[1]) > p.size {
		return errShort
	}
	buf, start, err := p.end(pdfTail)
	if err != nil {
		return err
	}
	end := bytes.LastIndex(buf, pdfEnd)
	if end < 0 {
		return errShort
	}
	at := bytes.LastIndex(buf[:end], pdfStart)
	if at < 0 {
		return errShort
	}
	place := bytes.Fields(buf[at+len(pdfStart) : end])
	if len(place) == 0 || numberOf(place[0]) >= start+int64(at) {
		return errShort
	}
	return nil
}

// numberOf reads a number; one that is none is larger than every file.
func numberOf(digits []byte) int64 {
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n < 0 {
		return 1<<63 - 1
	}
	return n
}
