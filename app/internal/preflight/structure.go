package preflight

import (
	"bytes"
	"errors"
	"io"
)

// The kinds of files whose structure is known, as hints of CutShort name them.
const (
	kindZip  = "zip"
	kindMP4  = "mp4"
	kindMOV  = "mov"
	kindHEIF = "heif"
	kindPNG  = "png"
	kindJPEG = "jpeg"
	kindPDF  = "pdf"
)

const (
	// tail is how much of a file's end is looked at: an archive's last record
	// lies within a comment's length of the end.
	tail = 1<<16 + 22
	// maxSteps bounds every walk, so that no file can hold the check up. A
	// file with more parts is taken for whole.
	maxSteps = 1 << 14
	// maxScan bounds the bytes that are read of one file, however it is made.
	// Most files take some kilobytes.
	maxScan = 32 << 20
)

// errSpent is returned when a file would take more reading than is allowed.
var errSpent = errors.New("the file has more parts than are looked at")

// errShort is returned for parts that would lie outside the file.
var errShort = errors.New("the file ends before its structure does")

// probe reads little pieces of a file of a known size, a bounded number of
// them.
type probe struct {
	r     io.ReaderAt
	size  int64
	steps int
	read  int64 // bytes
}

// at returns the n bytes at the offset. It fails with errShort outside the
// file, with errSpent after too many steps, and with the disk's own faults.
func (p *probe) at(offset int64, n int) ([]byte, error) {
	if offset < 0 || offset > p.size || int64(n) > p.size-offset {
		return nil, errShort
	}
	p.steps, p.read = p.steps+1, p.read+int64(n)
	if p.steps > maxSteps || p.read > maxScan {
		return nil, errSpent
	}
	buf := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(p.r, offset, int64(n)), buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errShort // it shrank meanwhile
	}
	return buf, err
}

// end returns the last bytes of the file, up to the limit, and where they
// begin.
func (p *probe) end(limit int64) ([]byte, int64, error) {
	offset := max(0, p.size-limit)
	buf, err := p.at(offset, int(p.size-offset))
	return buf, offset, err
}

// cutShort looks at the structure of a file and returns its kind when its end
// is missing, and "" for a file that is whole, of another kind, or whose
// structure is too long to follow. The kind comes from the file's first bytes,
// never from its name. err is a fault of the disk.
func cutShort(r io.ReaderAt, size int64) (kind string, err error) {
	p := &probe{r: r, size: size}
	head, err := p.at(0, int(min(size, 1024)))
	if err != nil {
		return "", faultOnly(err)
	}
	kind, check := parserOf(head)
	if check == nil {
		return "", nil
	}
	switch err := check(p); {
	case errors.Is(err, errShort):
		return kind, nil
	default:
		return "", faultOnly(err)
	}
}

// faultOnly passes on what is neither of the answers of a probe.
func faultOnly(err error) error {
	if errors.Is(err, errShort) || errors.Is(err, errSpent) {
		return nil
	}
	return err
}

// parserOf returns the kind of file that begins like this, and what checks
// its structure; nil when it is not known. A check returns errShort for a file
// that is not whole.
func parserOf(head []byte) (kind string, check func(*probe) error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZip, checkZip
	case bytes.HasPrefix(head, []byte("\x89PNG")):
		return kindPNG, checkPNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return kindJPEG, checkJPEG
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return kindPDF, checkPDF
	}
	if kind := mediaKind(head); kind != "" {
		return kind, func(p *probe) error { return checkBoxes(p, kind) }
	}
	return "", nil
}
