package structure

import "math/bits"

// The relevant elements of Matroska and WebM.
const (
	ebmlHeader = 0x1a45dfa3
	ebmlVoid   = 0xec
	mkvSegment = 0x18538067
	mkvCluster = 0x1f43b675
)

// unknownLength marks an element that was written before its length was known.
const unknownLength = -1

// checkMatroska compares the length of the segment with the file's. A live recording has no
// such length, so its elements are followed.
func checkMatroska(p *probe) error {
	for offset := int64(0); ; {
		id, length, content, err := elementAt(p, offset)
		if err != nil {
			return err
		}
		if id == mkvSegment {
			if length == unknownLength {
				return followElements(p, content)
			}
			return p.within(uint64(content), uint64(length))
		}
		if id != ebmlHeader && id != ebmlVoid || length == unknownLength {
			return nil
		}
		offset = content + length
	}
}

// followElements follows the elements of a segment without a length. It enters clusters,
// because they may have no length either.
func followElements(p *probe, offset int64) error {
	clusters := 0
	for offset < p.size {
		id, length, content, err := elementAt(p, offset)
		switch {
		case err != nil:
			return err
		case id == mkvCluster:
			clusters++
			offset = content
			continue
		case length == unknownLength || id == 0:
			return nil // appended data
		}
		if err := p.within(uint64(content), uint64(length)); err != nil {
			return err
		}
		offset = content + length
	}
	if clusters == 0 {
		return errShort
	}
	return nil
}

// elementAt reads the ID of an element, its length and where its content begins. The ID is
// 0 for other data.
func elementAt(p *probe, offset int64) (id, length, content int64, err error) {
	raw, err := p.upTo(offset, 12)
	if err != nil {
		return 0, 0, 0, err
	}
	id, width := variable(raw, 4)
	if width == 0 {
		return 0, unknownLength, offset, nil
	}
	length, more := variable(raw[min(width, len(raw)):], 8)
	if more == 0 || width+more > len(raw) {
		return 0, 0, 0, errShort
	}
	length &= 1<<(7*more) - 1
	if length == 1<<(7*more)-1 {
		length = unknownLength
	}
	return id, length, offset + int64(width+more), nil
}

// variable reads a number of variable length, of at most most bytes. width is 0 if it is
// invalid.
func variable(raw []byte, most int) (n int64, width int) {
	if len(raw) == 0 {
		return 0, 0
	}
	width = bits.LeadingZeros8(raw[0]) + 1
	if width > most {
		return 0, 0
	}
	for _, b := range raw[:min(width, len(raw))] {
		n = n<<8 | int64(b)
	}
	return n, width
}
