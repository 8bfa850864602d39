package thumbnail

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// jpegHeader has the fields of a JPEG's header that the decoder does not return.
type jpegHeader struct {
	orientation orientation
	bits        int64 // the most that a pixel takes during decoding
}

// The markers of ITU-T T.81, table B.1, that matter here.
const (
	startOfFrame    = 0xc0 // baseline; up to 0xcf are frames, but for three
	huffmanTables   = 0xc4
	extension       = 0xc8
	arithmeticCodes = 0xcc
	progressive     = 0xc2
	startOfImage    = 0xd8
	startOfScan     = 0xda
	app1            = 0xe1
)

var errNoJPEG = errors.New("this is no JPEG")

// readJPEGHeader reads up to the frame's header, the only part that shows how much
// memory decoding needs.
func readJPEGHeader(r *bufio.Reader) (h jpegHeader, err error) {
	var start [2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || start != [2]byte{0xff, startOfImage} {
		return h, errNoJPEG
	}
	for {
		marker, size, err := nextSegment(r)
		if err != nil {
			return h, err
		}
		isFrame := marker&0xf0 == startOfFrame && marker != huffmanTables && marker != extension && marker != arithmeticCodes
		switch {
		case marker == startOfScan:
			return h, errNoJPEG // before any frame
		case isFrame, marker == app1 && h.orientation == 0:
			body := make([]byte, size) // 64 KiB at most
			if _, err := io.ReadFull(r, body); err != nil {
				return h, err
			}
			if isFrame {
				h.bits, err = weighFrame(marker, body)
				return h, err
			}
			if exif, ok := bytes.CutPrefix(body, []byte(exifStart)); ok {
				h.orientation = exifOrientation(exif)
			}
		default:
			if _, err := r.Discard(size); err != nil {
				return h, err
			}
		}
	}
}

// nextSegment returns a marker and the length of its segment.
func nextSegment(r *bufio.Reader) (marker byte, size int, err error) {
	if b, err := r.ReadByte(); err != nil || b != 0xff {
		return 0, 0, errNoJPEG
	}
	for marker = 0xff; marker == 0xff; { // any number of fill bytes
		if marker, err = r.ReadByte(); err != nil {
			return 0, 0, err
		}
	}
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return 0, 0, err
	}
	if size = int(binary.BigEndian.Uint16(length[:])) - 2; size < 0 {
		return 0, 0, errNoJPEG
	}
	return marker, size, nil
}

// weighFrame returns how many bits the samples of a pixel take. For a progressive
// image it adds their coefficients of four bytes each, which all stay in memory.
func weighFrame(marker byte, frame []byte) (int64, error) {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 0, errNoJPEG
	}
	components := int(frame[5])
	bits := map[int]int64{1: 8, 3: 24, 4: 64}[components] // CMYK is converted to a new image
	if bits == 0 {
		return 0, errNoJPEG
	}
	if marker != progressive {
		return bits, nil
	}
	var samples, h, v int64
	for i := range components {
		across, down := int64(frame[7+3*i]>>4), int64(frame[7+3*i]&15)
		samples += across * down
		h, v = max(h, across), max(v, down)
	}
	if h*v == 0 {
		return 0, errNoJPEG
	}
	return max(0, bits-32) + 40*samples/(h*v), nil
}
