package thumbnail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// header is what a JPEG says of itself before its content.
type header struct {
	progressive bool
	turn        int // orientation as in Exif, 1 for upright
}

var errNoJPEG = errors.New("not a JPEG image")

// The markers of a JPEG that matter here (ITU T.81, table B.1).
const (
	markerSOI  = 0xd8
	markerAPP1 = 0xe1
	markerSOF0 = 0xc0
	markerSOF2 = 0xc2 // progressive
	markerSOFF = 0xcf
	markerDHT  = 0xc4 // between the SOFs, but none
	markerJPG  = 0xc8
	markerDAC  = 0xcc
)

// readHeader reads a JPEG up to the segment that tells how it is coded.
func readHeader(r io.Reader) (header, error) {
	h := header{turn: 1}
	var start [2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || start != [2]byte{0xff, markerSOI} {
		return h, errNoJPEG
	}
	for {
		marker, content, err := nextSegment(r)
		switch {
		case err != nil:
			return h, err
		case marker == markerAPP1:
			if o := orientation(content); o != 0 {
				h.turn = o
			}
		case marker == markerDHT, marker == markerJPG, marker == markerDAC:
		case marker >= markerSOF0 && marker <= markerSOFF:
			h.progressive = marker == markerSOF2
			return h, nil
		}
	}
}

func nextSegment(r io.Reader) (marker byte, content []byte, err error) {
	var b [1]byte
	for marker = 0xff; marker == 0xff; marker = b[0] { // any number of fill bytes
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return 0, nil, err
		}
	}
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint16(length[:])
	if n < 2 {
		return 0, nil, errNoJPEG
	}
	content = make([]byte, n-2)
	_, err = io.ReadFull(r, content)
	return marker, content, err
}

// orientation reads the tag of that name from an Exif segment; 0 for none.
func orientation(segment []byte) int {
	tiff, found := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	const (
		entry = 12 // bytes
		tag   = 0x0112
	)
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			return 0
		}
		if order.Uint16(entries) == tag {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
		entries = entries[entry:]
	}
	return 0
}
