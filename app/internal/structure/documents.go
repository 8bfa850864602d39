package structure

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

// isPDF accepts what readers accept: some other lines may come first.
func isPDF(head []byte) bool {
	return begins("%PDF-", "\ufeff%PDF-")(head) || bytes.Contains(head[:min(len(head), 1024)], []byte("\n%PDF-1."))
}

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

// postScript is how documents begin that keep Adobe's conventions; fonts and
// other resources go on in another way.
var postScript = regexp.MustCompile(`^%!PS-Adobe-\d\.\d( EPSF-\d\.\d)?[ \t]*[\r\n]`)

func isPostScript(head []byte) bool { return postScript.Match(head[:min(len(head), 64)]) }

// checkPostScript looks for one of the lines with which documents end.
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

// checkDOSEPS looks whether the document and its previews lie in the file.
func checkDOSEPS(p *probe) error {
	raw, err := p.at(4, 24)
	for ; err == nil && len(raw) > 0; raw = raw[8:] {
		err = p.within(uint64(little.Uint32(raw)), uint64(little.Uint32(raw[4:])))
	}
	return err
}

// checkBlend looks for the last block of a Blender file.
func checkBlend(p *probe) error {
	end, _, err := p.end(64)
	if err == nil && !bytes.Contains(end, []byte("ENDB")) {
		return errShort
	}
	return err
}
