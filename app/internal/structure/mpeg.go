package structure

import "bytes"

// packetSizes are the packet sizes of transport streams: plain, Blu-ray with a time before
// each packet, and broadcasts with a checksum after it.
var packetSizes = []int{188, 192, 204}

// packets returns the packet size of a transport stream, and the position of the sync byte
// in a packet; 0 for other files.
func packets(head []byte) (size, mark int) {
	for _, size := range packetSizes {
		if size == 192 {
			mark = 4
		} else {
			mark = 0
		}
		n := 0
		for at := mark; at < len(head) && head[at] == 0x47; at += size {
			n++
		}
		if n >= 3 && n >= (len(head)-mark+size-1)/size {
			return size, mark
		}
	}
	return 0, 0
}

func isTransportStream(head []byte) bool {
	size, _ := packets(head)
	return size > 0
}

// checkTransportStream checks that the last packet is complete. A stream cut between two
// packets cannot be detected.
func checkTransportStream(p *probe) error {
	head, err := p.upTo(0, headSize)
	if err != nil {
		return err
	}
	size, mark := packets(head)
	if p.size%int64(size) != 0 {
		return errShort
	}
	last, err := p.at(p.size-int64(size), size)
	if err != nil {
		return err
	}
	if last[mark] != 0x47 {
		return errShort
	}
	return nil
}

// checkProgramStream follows the packets at the end. A stream cut between two packets
// cannot be detected.
func checkProgramStream(p *probe) error {
	end, _, err := p.end(2 * piece)
	if err != nil {
		return err
	}
	at := bytes.Index(end, []byte("\x00\x00\x01\xba"))
	if at < 0 {
		return errShort
	}
	for rest := end[at:]; len(rest) > 0; {
		if len(rest) < 4 {
			return errShort
		}
		if !bytes.HasPrefix(rest, []byte("\x00\x00\x01")) {
			return nil // appended data
		}
		var n int
		switch id := rest[3]; {
		case id == 0xb9: // end code
			return nil
		case id == 0xba && len(rest) < 14:
			return errShort
		case id == 0xba && rest[4]>>6 == 1: // MPEG-2
			n = 14 + int(rest[13]&7)
		case id == 0xba:
			n = 12
		case len(rest) < 6:
			return errShort
		default:
			n = 6 + int(big.Uint16(rest[4:]))
		}
		if n > len(rest) {
			return errShort
		}
		rest = rest[n:]
	}
	return nil
}

// mxfPartition is the beginning of every partition key.
const mxfPartition = "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01"

// checkMXF searches for the index of partitions at the end. Without an index it follows the
// partitions from the footer that the header names.
func checkMXF(p *probe) error {
	end, _, err := p.end(64 << 10)
	if err != nil {
		return err
	}
	if len(end) >= 20 {
		length := int64(big.Uint32(end[len(end)-4:]))
		if at := int64(len(end)) - length; at >= 0 && length >= 20 && begins(mxfPartition+"\x11")(end[at:]) {
			return nil
		}
	}
	_, content, err := klvAt(p, 0)
	if err != nil {
		return err
	}
	raw, err := p.at(content+24, 8)
	if err != nil {
		return err
	}
	footer := big.Uint64(raw)
	if err := p.within(footer, 17); err != nil {
		return err
	}
	if raw, err = p.at(int64(footer), 16); err != nil {
		return err
	}
	if !begins(mxfPartition)(raw) {
		return errShort
	}
	for offset := int64(footer); offset < p.size; {
		length, content, err := klvAt(p, offset)
		if err != nil {
			return err
		}
		if err := p.within(uint64(content), length); err != nil {
			return err
		}
		offset = content + int64(length)
	}
	return nil
}

// klvAt reads the length of the item at the offset and where its content begins.
func klvAt(p *probe, offset int64) (length uint64, content int64, err error) {
	raw, err := p.at(offset, 17)
	if err != nil {
		return 0, 0, err
	}
	first := raw[16]
	width := int(first & 0x7f)
	switch {
	case !begins("\x06\x0e\x2b\x34")(raw):
		return 0, 0, errShort
	case first < 0x80:
		return uint64(first), offset + 17, nil
	case width > 8:
		return 0, 0, errShort
	}
	raw, err = p.at(offset+17, width)
	for _, b := range raw {
		length = length<<8 | uint64(b)
	}
	return length, offset + 17 + int64(width), err
}

const asfHeader = "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"

// checkASF follows the objects of a Windows Media file. In a live recording the content
// has no length.
func checkASF(p *probe) error {
	for offset := int64(0); offset+24 <= p.size; {
		raw, err := p.at(offset, 24)
		if err != nil {
			return err
		}
		length := little.Uint64(raw[16:])
		if length < 24 {
			return nil
		}
		if err := p.within(uint64(offset), length); err != nil {
			return err
		}
		offset += int64(length)
	}
	return nil
}

// checkFLV checks the last tag: the length of each tag follows it.
func checkFLV(p *probe) error {
	raw, err := p.at(p.size-4, 4)
	if err != nil {
		return err
	}
	length := int64(big.Uint32(raw))
	if raw, err = p.at(p.size-4-length, 4); err != nil {
		return err
	}
	if length < 11 || int64(big.Uint32(raw)&0xffffff) != length-11 {
		return errShort
	}
	return nil
}
