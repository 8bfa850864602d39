package structure

import (
	"bytes"
	"regexp"
	"strconv"
)

var (
	pdfStart = []byte("startxref")
	pdfEnd   = []byte("%%EOF")
	// pdfLength matches the length that a linearized PDF declares.
	pdfLength = regexp.MustCompile(`/Linearized[^>]*?/L\s+(\d+)`)
)

// pdfTail is how far from the end the last line of a PDF may be. Readers accept this
// much, because servers append text.
const pdfTail = 16 << 10

// isPDF accepts what readers accept: other lines may precede the header.
func isPDF(head []byte) bool {
	return begins("%PDF-", "\ufeff%PDF-")(head) || bytes.Contains(head[:min(len(head), 1024)], []byte("\n%PDF-1."))
}

// checkPDF searches for the last line and, before it, for the offset of the
// cross-reference table, which must be smaller.
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

// numberOf parses a number; invalid text is larger than any file.
func numberOf(digits []byte) int64 {
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n < 0 {
		return 1<<63 - 1
	}
	return n
}

// postScript is the beginning of documents that follow Adobe's conventions. Fonts and other
// resources begin differently.
var postScript = regexp.MustCompile(`^%!PS-Adobe-\d\.\d( EPSF-\d\.\d)?[ \t]*[\r\n]`)

func isPostScript(head []byte) bool { return postScript.Match(head[:min(len(head), 64)]) }

// checkPostScript searches for a line that ends a document.
func checkPostScript(p *probe) error {
	end, _, err := p.end(4096)
	if err != nil {
		return err
	}
	last := end[max(0, len(end)-512):]
	if bytes.Contains(end, pdfEnd) || bytes.Contains(last, []byte("%%Trailer")) || bytes.Contains(last, []byte("showpage")) {
		return nil
	}
	return errShort
}

// checkDOSEPS checks that the document and its previews are inside the file.
func checkDOSEPS(p *probe) error {
	raw, err := p.at(4, 24)
	for ; err == nil && len(raw) > 0; raw = raw[8:] {
		err = p.within(uint64(little.Uint32(raw)), uint64(little.Uint32(raw[4:])))
	}
	return err
}

// checkBlend searches for the last block of a Blender file.
func checkBlend(p *probe) error {
	end, _, err := p.end(64)
	if err != nil {
		return err
	}
	if !bytes.Contains(end, []byte("ENDB")) {
		return errShort
	}
	return nil
}
