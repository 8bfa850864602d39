package structure

import (
	"bytes"
	"math/bits"
)

// flacInfo is the stream information of a FLAC file.
type flacInfo struct {
	block   uint64 // samples of a frame, if all frames have equally many
	frame   int64  // bytes of the largest frame; 0 if unknown
	samples uint64 // of one channel; 0 if unknown
}

// checkFLAC searches for the last frame. It must contain the last sample and end at the end
// of the file, which its checksum proves.
func checkFLAC(p *probe) error {
	raw, err := p.at(p.start, 42)
	if err != nil {
		return err
	}
	info := flacInfo{
		block:   uint64(big.Uint16(raw[8:])),
		frame:   int64(big.Uint32(raw[11:]) & 0xffffff),
		samples: big.Uint64(raw[18:]) & (1<<36 - 1),
	}
	end, _, err := p.end(min(max(piece, 2*info.frame), 1<<20))
	if err != nil {
		return err
	}
	end = withoutTag(end)
	const most = 32 // candidates; few byte sequences look like a frame
	for at, tried := len(end), 0; tried < most; {
		if at = bytes.LastIndexByte(end[:at], 0xff); at < 0 {
			break
		}
		last, ok := flacFrame(end[at:], info.block)
		if !ok {
			continue
		}
		tried++
		if (info.samples == 0 || last == info.samples) && crc16(end[at:]) == 0 {
			return nil
		}
	}
	return errShort
}

// flacFrame reads a frame header and returns the number of samples up to the frame's end;
// false if it finds none.
func flacFrame(raw []byte, block uint64) (samples uint64, ok bool) {
	if len(raw) < 6 || raw[1]&0xfe != 0xf8 || raw[2]>>4 == 0 || raw[2]&0xf == 0xf || raw[3]&1 != 0 {
		return 0, false
	}
	width := 1
	if raw[4]&0x80 != 0 {
		width = bits.LeadingZeros8(^raw[4])
	}
	if width > 7 || len(raw) < 4+width+5 {
		return 0, false
	}
	number := uint64(raw[4]) & (1<<(8-width-1) - 1)
	if width == 1 {
		number = uint64(raw[4])
	}
	for _, b := range raw[5 : 4+width] {
		number = number<<6 | uint64(b&0x3f)
	}
	at := 4 + width
	var length uint64
	switch code := raw[2] >> 4; {
	case code == 1:
		length = 192
	case code <= 5:
		length = 576 << (code - 2)
	case code == 6:
		length, at = uint64(raw[at])+1, at+1
	case code == 7:
		length, at = uint64(big.Uint16(raw[at:]))+1, at+2
	default:
		length = 256 << (code - 8)
	}
	if rate := raw[2] & 0xf; rate == 12 {
		at++
	} else if rate == 13 || rate == 14 {
		at += 2
	}
	if at >= len(raw) || crc8(raw[:at]) != raw[at] {
		return 0, false
	}
	if raw[1]&1 == 1 { // frames of different lengths count samples
		return number + length, true
	}
	return number*block + length, true
}

func crc8(raw []byte) (sum byte) {
	for _, b := range raw {
		sum ^= b
		for range 8 {
			sum = sum<<1 ^ sum>>7*0x07
		}
	}
	return sum
}

func crc16(raw []byte) (sum uint16) {
	for _, b := range raw {
		sum ^= uint16(b) << 8
		for range 8 {
			sum = sum<<1 ^ sum>>15*0x8005
		}
	}
	return sum
}
