package structure

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// pngEnd is the last chunk of every PNG.
var pngEnd = []byte("\x00\x00\x00\x00IEND\xaeB`\x82")

// checkPNG searches for the last chunk at the end of the file. If other data is found there,
// it follows the chunks.
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
			return errShort // so large, and no end chunk in its place
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
		offset += length + 12 // plus length, name and checksum
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

// jpegEnd is the end marker of a JPEG. In compressed content FF is followed by other
// bytes, so the marker cannot occur there by chance.
var jpegEnd = []byte("\xff\xd9")

// checkJPEG searches for the end marker after the start of the content. Earlier segments may
// contain a preview with its own end marker.
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
	// Cameras append films and metadata to the picture.
	for offset := content; offset < p.size; offset += piece - 1 {
		raw, err := p.upTo(offset, piece)
		if errors.Is(err, errSpent) {
			break // appended data is never as large
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
		case marker == 0xff: // padding
			offset++
			continue
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd7: // marker without a length
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
			return min(offset, p.size), p.within(0, uint64(offset))
		}
	}
}

// gifEnd is the end of a picture's content followed by the trailer.
var gifEnd = []byte("\x00;")

// checkGIF searches for the trailer. If other data is found at the end of the file, it
// follows the blocks.
func checkGIF(p *probe) error {
	end, _, err := p.end(512)
	if err != nil {
		return err
	}
	if bytes.HasSuffix(bytes.TrimRight(end, "\r\n"), gifEnd) {
		return nil
	}
	raw, err := p.at(0, 13)
	if err != nil {
		return err
	}
	c := p.from(13)
	if err := c.skip(gifColours(raw[10])); err != nil {
		return err
	}
	for {
		if raw, err = c.next(1); err != nil {
			return err
		}
		switch raw[0] {
		case ';':
			return nil
		case '!':
			err = c.skip(1)
		case ',':
			err = skipGIFImage(c)
		default:
			return errShort
		}
		if err != nil {
			return err
		}
		if err := skipGIFBlocks(c); err != nil {
			return err
		}
	}
}

// skipGIFImage skips an image's descriptor and its colour table.
func skipGIFImage(c *cursor) error {
	raw, err := c.next(9)
	if err != nil {
		return err
	}
	return c.skip(gifColours(raw[8]) + 1)
}

// gifColours returns the length of a colour table.
func gifColours(flags byte) int64 {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func skipGIFBlocks(c *cursor) error {
	for {
		raw, err := c.next(1)
		if err != nil || raw[0] == 0 {
			return err
		}
		if err := c.skip(int64(raw[0])); err != nil {
			return err
		}
	}
}

func isBMP(head []byte) bool {
	return len(head) >= 26 && string(head[:2]) == "BM" && little.Uint32(head[6:]) == 0 && little.Uint32(head[14:]) <= 124 && head[15] == 0
}

func isICO(head []byte) bool {
	return len(head) >= 22 && string(head[:4]) == "\x00\x00\x01\x00" && head[4] > 0 && head[5] == 0 && head[9] == 0 &&
		little.Uint32(head[18:]) >= 6+16*uint32(head[4]) && little.Uint32(head[18:]) < 1<<16
}

// checkICO checks that all pictures are inside the file.
func checkICO(p *probe) error {
	raw, err := p.at(4, 2)
	if err != nil {
		return err
	}
	list, err := p.at(6, 16*int(little.Uint16(raw)))
	for ; err == nil && len(list) > 0; list = list[16:] {
		err = p.within(uint64(little.Uint32(list[12:])), uint64(little.Uint32(list[8:])))
	}
	return err
}
