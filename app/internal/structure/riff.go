package structure

import "bytes"

// RIFF and similar formats: chunks of a name, a length and content.

func isRIFF(form string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) >= 12 && (bytes.HasPrefix(head, []byte("RIF")) || begins("RF64", "BW64")(head)) && string(head[8:12]) == form
	}
}

// streamed is the least of the lengths that programs write to a pipe when the length is
// still unknown.
const streamed = 0x7f000000

// checkRIFF follows the top-level forms: a large AVI has several.
func checkRIFF(p *probe) error {
	for offset := int64(0); offset+12 <= p.size; {
		raw, err := p.at(offset, 12)
		if err != nil {
			return err
		}
		if !begins("RIFF", "RIFX")(raw) {
			return nil // appended data
		}
		order := little
		if raw[3] == 'X' {
			order = big
		}
		length := int64(order.Uint32(raw[4:]))
		if length == 0 || length == 0xffffffff {
			return nil
		}
		offset += 8 + length
		if offset > p.size {
			return errShort
		}
		offset += offset & 1
	}
	return nil
}

// pcm describes the samples of a sound.
type pcm struct {
	from, to int64
	bytes    int // of one sample; 0 if unknown
	order    byteOrder
	float    bool
}

// checkWAV follows the chunks of a WAV, RF64 or BW64 file.
func checkWAV(p *probe) error {
	order, err := riffOrder(p)
	if err != nil {
		return err
	}
	sound := pcm{order: order}
	long := uint64(0) // length of the content if 32 bits do not suffice
	for offset := int64(12); offset+8 <= p.size; {
		raw, err := p.at(offset, 8)
		if err != nil {
			return err
		}
		length := uint64(order.Uint32(raw[4:]))
		content := offset + 8
		switch name := string(raw[:4]); {
		case !isTag(raw[:4]):
			return sound.check(p) // appended data
		case name == "ds64":
			if raw, err = p.at(content, 16); err != nil {
				return err
			}
			long = order.Uint64(raw[8:])
		case name == "fmt ":
			if raw, err = p.at(content, 16); err != nil {
				return err
			}
			sound.bytes, sound.float = int(order.Uint16(raw[14:]))/8, order.Uint16(raw) == 3
		case name == "data" && length >= streamed && long == 0 && p.within(uint64(content), length) != nil, name == "data" && length == 0:
			sound.from, sound.to = content, p.size
			return sound.check(p)
		case name == "data" && length == 0xffffffff:
			length = long
			fallthrough
		case name == "data":
			sound.from, sound.to = content, content+int64(min(length, uint64(p.size)))
		}
		if err := p.within(uint64(content), length); err != nil {
			return err
		}
		offset = content + int64(length+length&1)
	}
	if err := riffLength(p, order); err != nil {
		return err
	}
	if sound.to == 0 {
		return errShort
	}
	return sound.check(p)
}

// riffOrder returns the byte order: RIFX is big-endian.
func riffOrder(p *probe) (byteOrder, error) {
	raw, err := p.at(3, 1)
	if err != nil || raw[0] != 'X' {
		return little, err
	}
	return big, nil
}

// riffLength compares the length of a form with the file's. Some programs include the
// form's header in the length.
func riffLength(p *probe, order byteOrder) error {
	raw, err := p.at(4, 4)
	if err != nil {
		return err
	}
	if length := int64(order.Uint32(raw)); length < streamed && length > p.size {
		return errShort
	}
	return nil
}

// checkW64 follows the chunks of Sony's Wave64. Their names have 16 bytes, and their lengths
// include their headers.
func checkW64(p *probe) error {
	raw, err := p.at(16, 8)
	if err != nil {
		return err
	}
	if err := p.within(0, little.Uint64(raw)); err != nil {
		return err
	}
	for offset := int64(40); offset+24 <= p.size; {
		if raw, err = p.at(offset, 24); err != nil {
			return err
		}
		length := little.Uint64(raw[16:])
		if length < 24 {
			return nil
		}
		if err := p.within(uint64(offset), length); err != nil {
			return err
		}
		if string(raw[:4]) == "data" {
			return p.solid(offset+24, offset+int64(length))
		}
		offset += int64(length+7) &^ 7
	}
	return errShort
}

func isAIFF(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "FORM" && (string(head[8:12]) == "AIFF" || string(head[8:12]) == "AIFC")
}

// checkAIFF follows the chunks of an AIFF file.
func checkAIFF(p *probe) error {
	sound := pcm{order: big}
	raw, err := p.at(4, 4)
	if err != nil {
		return err
	}
	form := uint64(big.Uint32(raw))
	if form >= streamed || form == 0 {
		return nil
	}
	if err := p.within(8, form); err != nil {
		return err
	}
	for offset := int64(12); offset+8 <= p.size; {
		if raw, err = p.at(offset, 8); err != nil {
			return err
		}
		length, content := uint64(big.Uint32(raw[4:])), offset+8
		if !isTag(raw[:4]) {
			break
		}
		if err := p.within(uint64(content), length); err != nil {
			return err
		}
		switch string(raw[:4]) {
		case "COMM":
			if raw, err = p.at(content, min(int(length), 22)); err != nil || len(raw) < 18 {
				return err
			}
			sound.bytes = int(big.Uint16(raw[6:])+7) / 8
			if len(raw) == 22 {
				sound = codedAs(sound, string(raw[18:]))
			}
		case "SSND":
			sound.from, sound.to = content+8, content+int64(length)
		}
		offset = content + int64(length+length&1)
	}
	return sound.check(p)
}

// codedAs records the compression of an AIFF-C file.
func codedAs(sound pcm, code string) pcm {
	switch code {
	case "sowt":
		sound.order = little
	case "fl32", "FL32", "fl64", "FL64":
		sound.float = true
	case "NONE", "twos", "in24", "in32":
	default:
		sound.bytes = 0
	}
	return sound
}

// checkCAF follows the chunks of Apple's CAF. Only the last chunk may lack a length.
func checkCAF(p *probe) error {
	sound := pcm{order: big}
	for offset := int64(8); offset+12 <= p.size; {
		raw, err := p.at(offset, 12)
		if err != nil {
			return err
		}
		length, content := big.Uint64(raw[4:]), offset+12
		name := string(raw[:4])
		if !isTag(raw[:4]) {
			break
		}
		if name == "data" && length == 1<<64-1 {
			length = uint64(p.size - content)
		}
		if err := p.within(uint64(content), length); err != nil {
			return err
		}
		switch name {
		case "desc":
			if raw, err = p.at(content, 32); err != nil {
				return err
			}
			if flags := raw[15]; string(raw[8:12]) == "lpcm" {
				sound.bytes, sound.float = int(big.Uint32(raw[28:]))/8, flags&1 != 0
				if flags&2 != 0 {
					sound.order = little
				}
			}
		case "data":
			sound.from, sound.to = content+4, content+int64(length)
		}
		offset = content + int64(length)
	}
	return sound.check(p)
}

// checkAU compares the length of the sound with the file's.
func checkAU(p *probe) error {
	raw, err := p.at(4, 12)
	if err != nil {
		return err
	}
	from, length, encoding := uint64(big.Uint32(raw)), uint64(big.Uint32(raw[4:])), big.Uint32(raw[8:])
	if length >= streamed {
		length = 0
	}
	if err := p.within(from, length); err != nil {
		return err
	}
	sound := pcm{from: int64(from), to: p.size, order: big}
	if encoding >= 2 && encoding <= 6 {
		sound.bytes, sound.float = min(int(encoding)-1, 4), encoding == 6
	}
	return sound.check(p)
}

// checkMIDI counts the tracks.
func checkMIDI(p *probe) error {
	raw, err := p.at(10, 2)
	if err != nil {
		return err
	}
	offset := uint64(14)
	for tracks := int(big.Uint16(raw)); tracks > 0; {
		if raw, err = p.at(int64(offset), 8); err != nil {
			return err
		}
		length := uint64(big.Uint32(raw[4:]))
		if err := p.within(offset+8, length); err != nil {
			return err
		}
		if offset += 8 + length; string(raw[:4]) == "MTrk" {
			tracks--
		}
	}
	return nil
}
