package structure

import (
	"errors"
	"slices"
)

// The kinds of files that consist of boxes.
const (
	kindMP4  = "mp4"
	kindMOV  = "mov"
	kindHEIF = "heif"
	kindAVIF = "avif"
)

// stills are the brands of pictures, which have no moov box.
var stills = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1"}

// mediaKind returns the kind of a file of boxes (ISO 14496-12, QuickTime) by its first
// box; "" for other files.
func mediaKind(head []byte) string {
	if len(head) < 8 {
		return ""
	}
	size, name := big.Uint32(head), string(head[4:8])
	switch {
	case name == "ftyp" && size > 4096: // a list of brands is short; this is a word in a text
		return ""
	case name == "ftyp" && len(head) < 12:
		return kindMP4
	case name == "ftyp" && string(head[8:12]) == "qt  ":
		return kindMOV
	case name == "ftyp" && slices.Contains(stills, string(head[8:12])):
		return kindHEIF
	case name == "ftyp" && slices.Contains([]string{"avif", "avis"}, string(head[8:12])):
		return kindAVIF
	case name == "ftyp":
		return kindMP4
	case name == "styp" && size <= 4096: // a segment of a film for streaming
		return kindMP4
	// Old QuickTime files begin with their content. Names such as "wide" are also
	// ordinary words, so the size must be valid for a box.
	case name == "wide" && size == 8, name == "mdat", name == "moov":
		return kindMOV
	}
	return ""
}

func isBoxes(kind string) func([]byte) bool {
	return func(head []byte) bool { return mediaKind(head) == kind }
}

// boxNames are the top-level boxes of films. Programs and cameras append other data, which
// may not be boxes.
var boxNames = []string{
	"ftyp", "styp", "moov", "moof", "mdat", "meta", "mfra", "sidx", "ssix", "emsg", "prft", "free", "skip", "wide", "udta", "uuid", "pnot", "pdin",
}

// seen records the boxes that a file has.
type seen struct {
	moov, mdat, moof, meta bool

	within bool  // the index contains the content, or announces fragments in other files
	open   bool  // a fragment was announced, and its content has not followed
	stated int64 // end of the content according to an index; 0 if unknown
}

// checkBoxes follows the top-level boxes. Each must be inside the file, and a film needs
// its index (moov, for a picture meta) and its content (mdat), in any order.
func checkBoxes(kind string) func(*probe) error {
	still := kind == kindHEIF || kind == kindAVIF
	return func(p *probe) error {
		var s seen
		if err := s.walk(p, still); err != nil {
			return err
		}
		if !s.complete(still) || s.stated > p.size {
			return errShort
		}
		return nil
	}
}

// complete reports whether the file has all required boxes.
func (s *seen) complete(still bool) bool {
	return (s.moov || s.moof || still && s.meta) && (s.mdat || s.within) && !s.open
}

func (s *seen) walk(p *probe, still bool) error {
	for offset := int64(0); offset < p.size; {
		length, name, err := boxAt(p, offset)
		if errors.Is(err, errShort) && s.complete(still) && !slices.Contains(boxNames, name) {
			return nil // appended data is not a box
		}
		if err != nil {
			return err
		}
		if length == 0 { // padding after the last box
			return nil
		}
		s.note(name)
		switch name { // these contain boxes
		case "meta":
			s.within = hasBox(p, offset+12, offset+length, "idat")
		case "moov":
			s.within = hasBox(p, offset+8, offset+length, "mvex")
		}
		if name == "sidx" && s.stated == 0 {
			s.stated = statedEnd(p, offset, length)
		}
		offset += length
	}
	return nil
}

func (s *seen) note(name string) {
	switch name {
	case "moov":
		s.moov = true
	case "moof":
		s.moof, s.open = true, true
	case "meta":
		s.meta = true
	case "mdat":
		s.mdat, s.open = true, false
	}
}

// hasBox reports whether a box of the name exists between the offsets.
func hasBox(p *probe, offset, end int64, name string) bool {
	for offset < end {
		length, found, err := boxAt(p, offset)
		if err != nil || length == 0 || found == name {
			return found == name
		}
		offset += length
	}
	return false
}

// statedEnd returns the end of the fragments that the index (sidx) at the offset lists; 0
// if unknown.
func statedEnd(p *probe, offset, length int64) int64 {
	raw, err := p.at(offset, int(min(length, 1<<20)))
	if err != nil || len(raw) < 44 {
		return 0
	}
	first, at := int64(big.Uint32(raw[24:])), 28
	if raw[8] == 1 {
		first, at = int64(big.Uint64(raw[28:])), 36
	}
	end, count := offset+length+first, int(big.Uint16(raw[at+2:]))
	for raw = raw[at+4:]; count > 0 && len(raw) >= 12; count-- {
		end += int64(big.Uint32(raw) & 0x7fffffff)
		raw = raw[12:]
	}
	return end
}

// checkJP2 checks the codestream. As the last box it has no length, but an end marker.
func checkJP2(p *probe) error {
	for offset := int64(0); ; {
		length, name, err := boxAt(p, offset)
		if err != nil || length == 0 {
			return errors.Join(err, errShort)
		}
		if name == "jp2c" {
			raw, err := p.at(offset+length-2, 2)
			if err != nil {
				return err
			}
			if string(raw) != "\xff\xd9" {
				return errShort
			}
			return nil
		}
		offset += length
	}
}

// checkJXL searches for the codestream, or for its last part.
func checkJXL(p *probe) error {
	for offset := int64(0); ; {
		length, name, err := boxAt(p, offset)
		if err != nil || length == 0 {
			return errors.Join(err, errShort)
		}
		if name == "jxlc" {
			return nil
		}
		if name == "jxlp" {
			raw, err := p.at(offset+8, 4)
			if err != nil || raw[0]&0x80 != 0 {
				return err
			}
		}
		offset += length
	}
}

// boxAt returns the name and length of the box at the offset; length 0 means padding up to
// the end. The box must be inside the file; with errShort the name is still returned.
func boxAt(p *probe, offset int64) (length int64, name string, err error) {
	raw, err := p.upTo(offset, 16)
	if err != nil {
		return 0, "", err
	}
	if allZeros(raw[:min(len(raw), 8)]) {
		return 0, "", nil
	}
	if len(raw) < 8 {
		return 0, "", errShort
	}
	name = string(raw[4:8])
	left := uint64(p.size - offset)
	size, least := uint64(big.Uint32(raw)), uint64(8)
	switch size {
	case 0: // up to the end of the file
		return int64(left), name, nil
	case 1:
		if len(raw) < 16 {
			return 0, name, errShort
		}
		size, least = big.Uint64(raw[8:]), 16
	}
	if size < least || size > left {
		return 0, name, errShort
	}
	return int64(size), name, nil
}
