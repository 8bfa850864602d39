package preflight

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// stills are the brands of pictures, which have no moov.
var stills = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1", "avif", "avis"}

// mediaKind tells files made of boxes (ISO 14496-12, QuickTime) by their first
// box; "" for other files.
func mediaKind(head []byte) string {
	if len(head) < 8 {
		return ""
	}
	size, name := binary.BigEndian.Uint32(head), string(head[4:8])
	switch {
	case name == "ftyp" && size > 4096: // a list of brands is short; this is a word in a text
		return ""
	case name == "ftyp" && len(head) < 12:
		return kindMP4
	case name == "ftyp" && string(head[8:12]) == "qt  ":
		return kindMOV
	case name == "ftyp" && slices.Contains(stills, string(head[8:12])):
		return kindHEIF
	case name == "ftyp":
		return kindMP4
	// QuickTime of old begins with its content. "wide" and the like are words
	// of ordinary text as well, unless their size is a box's.
	case name == "wide" && size == 8, name == "mdat", name == "moov":
		return kindMOV
	}
	return ""
}

// seen is what a walk over the boxes has met.
type seen struct {
	moov, mdat, moof, meta bool

	open bool // a fragment was announced and its content has not come
}

// checkBoxes walks over the boxes at the top: each has to lie within the file,
// and a film needs its index (moov, of a picture meta) and its content (mdat),
// in any order.
func checkBoxes(p *probe, kind string) error {
	var s seen
	for offset := int64(0); offset < p.size; {
		length, name, err := boxAt(p, offset)
		if err != nil {
			return err
		}
		if length == 0 { // zeros after the last box
			break
		}
		s.note(name)
		offset += length
	}
	index := s.moov || s.moof
	if kind == kindHEIF {
		index = index || s.meta
	}
	if !index || !s.mdat || s.open {
		return errShort
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

// boxAt returns the length of the box at the offset, which lies within the
// file, and its name; the length 0 for padding up to the end.
func boxAt(p *probe, offset int64) (length int64, name string, err error) {
	left := p.size - offset
	raw, err := p.at(offset, int(min(left, 16)))
	if err != nil {
		return 0, "", err
	}
	if len(bytes.Trim(raw[:min(len(raw), 8)], "\x00")) == 0 {
		return 0, "", nil
	}
	if len(raw) < 8 {
		return 0, "", errShort
	}
	name = string(raw[4:8])
	size, least := uint64(binary.BigEndian.Uint32(raw)), uint64(8)
	switch size {
	case 0: // up to the end of the file
		return left, name, nil
	case 1:
		if len(raw) < 16 {
			return 0, "", errShort
		}
		size, least = binary.BigEndian.Uint64(raw[8:]), 16
	}
	if size < least || size > uint64(left) {
		return 0, "", errShort
	}
	return int64(size), name, nil
}
