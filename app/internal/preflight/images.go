package preflight

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// pngEnd is the last chunk of every PNG.
var pngEnd = []byte("\x00\x00\x00\x00IEND\xaeB`\x82")

// checkPNG looks for the last chunk at the end, and follows the chunks when
// something else is there.
func checkPNG(p *probe) error {
	last, err := p.at(p.size-int64(len(pngEnd)), len(pngEnd))
	if err != nil {
		return err
	}
	if bytes.Equal(last, pngEnd) {
		return nil
	}
	for offset := int64(8); ; {
		raw, err := p.at(offset, 8)
		if errors.Is(err, errSpent) {
			return errShort // so large, and no end where it should be
		}
		if err != nil {
			return err
		}
		length, name := int64(binary.BigEndian.Uint32(raw)), raw[4:]
		if !isChunkName(name) || length > p.size-offset-12 {
			return errShort
		}
		if string(name) == "IEND" {
			return nil
		}
		offset += length + 12 // with length, name and checksum
	}
}

func isChunkName(name []byte) bool {
	for _, c := range name {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// jpegEnd is the marker at the end of a JPEG. Within compressed content FF is
// followed by other bytes, so it cannot come up by chance there.
var jpegEnd = []byte("\xff\xd9")

// checkJPEG looks for the end marker after the beginning of the content:
// what comes before may hold a small preview with an end of its own.
func checkJPEG(p *probe) error {
	content, err := jpegContent(p)
	if err != nil {
		return err
	}
	end, _, err := p.end(min(4096, p.size-content))
	if err != nil {
		return err
	}
	if bytes.HasSuffix(bytes.TrimRight(end, "\x00\r\n "), jpegEnd) {
		return nil
	}
	// Cameras append films and notes of their own to the picture.
	const piece = 256 << 10
	for offset := content; offset < p.size; offset += piece - 1 {
		raw, err := p.at(offset, int(min(piece, p.size-offset)))
		if errors.Is(err, errSpent) {
			break // what is appended is never as large
		}
		if err != nil {
			return err
		}
		if bytes.Contains(raw, jpegEnd) {
			return nil
		}
	}
	return errShort
}

// jpegContent returns where the compressed content begins.
func jpegContent(p *probe) (int64, error) {
	for offset := int64(2); ; {
		raw, err := p.at(offset, 2)
		if err != nil {
			return 0, err
		}
		switch marker := raw[1]; {
		case raw[0] != 0xff:
			return 0, errShort
		case marker == 0xff: // a byte of padding
			offset++
			continue
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd7: // without a length
			offset += 2
			continue
		}
		size, err := p.at(offset+2, 2)
		if err != nil {
			return 0, err
		}
		length := int64(binary.BigEndian.Uint16(size))
		if length < 2 {
			return 0, errShort
		}
		offset += 2 + length
		if raw[1] == 0xda {
			return min(offset, p.size), within(offset, p.size)
		}
	}
}

func within(offset, size int64) error {
	if offset > size {
		return errShort
	}
	return nil
}
