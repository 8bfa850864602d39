package structure

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
)

const (
	// maxUnpack is the largest gzip file that is unpacked to be checked: its last bytes
	// do not tell where it should end.
	maxUnpack = 16 << 20
	// maxUnpacked is how much of it is unpacked.
	maxUnpacked = 128 << 20
)

// checkGzip unpacks a small file. For others it checks whether the file can hold the
// length that its end declares.
func checkGzip(p *probe) error {
	if p.size <= maxUnpack {
		return unpackGzip(p)
	}
	raw, err := p.at(p.size-4, 4)
	if err != nil {
		return err
	}
	// A file of several members declares the length of the last one, modulo 2^32. The
	// best compression ratio is 1032 to 1.
	if length := int64(little.Uint32(raw)); length > 1032*p.size {
		return errShort
	}
	return nil
}

func unpackGzip(p *probe) error {
	c := p.from(0)
	z, err := gzip.NewReader(c)
	if err != nil {
		return shortStream(err)
	}
	for left := int64(maxUnpacked); ; {
		z.Multistream(false)
		n, err := io.CopyN(io.Discard, z, left)
		if left -= n; err == nil {
			return nil // enough was checked
		}
		if !errors.Is(err, io.EOF) {
			return shortStream(err)
		}
		if err := z.Reset(c); err != nil {
			return nil // the last member; trailing data does not matter
		}
	}
}

// shortStream translates errors of decompressors to those of a probe.
func shortStream(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader),
		errors.As(err, &corrupt):
		return errShort
	}
	return err
}

// checkXZ checks the footer, which gives the position of the index.
func checkXZ(p *probe) error {
	end := p.size
	for { // padding in units of four zeros
		raw, err := p.at(end-4, 4)
		if err != nil {
			return err
		}
		if !allZeros(raw) {
			break
		}
		end -= 4
	}
	raw, err := p.at(end-12, 12)
	if err != nil {
		return err
	}
	if string(raw[10:]) != "YZ" || crc32.ChecksumIEEE(raw[4:10]) != little.Uint32(raw) {
		return errShort
	}
	index := (int64(little.Uint32(raw[4:])) + 1) * 4
	if raw, err = p.at(end-12-index, 1); err == nil && raw[0] != 0 {
		return errShort
	}
	return err
}

// checkZstd follows the blocks of all frames.
func checkZstd(p *probe) error {
	for offset := int64(0); offset < p.size; {
		raw, err := p.upTo(offset, 18)
		if err != nil {
			return err
		}
		if len(raw) < 8 {
			return errShort
		}
		switch magic := little.Uint32(raw); {
		case magic&0xfffffff0 == 0x184d2a50: // skippable frame
			offset += 8 + int64(little.Uint32(raw[4:]))
		case magic == 0xfd2fb528:
			if offset, err = zstdFrame(p, offset, raw[4]); err != nil {
				return err
			}
		default:
			return nil // appended data
		}
		if err := p.within(0, uint64(offset)); err != nil {
			return err
		}
	}
	return nil
}

// zstdFrame returns the end of the frame at the offset.
func zstdFrame(p *probe, offset int64, flags byte) (int64, error) {
	single := flags&0x20 != 0
	offset += 5 + [4]int64{0, 1, 2, 4}[flags&3] + [4]int64{0, 2, 4, 8}[flags>>6]
	if !single {
		offset++
	} else if flags>>6 == 0 {
		offset++
	}
	for {
		raw, err := p.at(offset, 3)
		if err != nil {
			return 0, err
		}
		block := int64(raw[0]) | int64(raw[1])<<8 | int64(raw[2])<<16
		length := block >> 3
		switch block >> 1 & 3 {
		case 1:
			length = 1
		case 3:
			return 0, errShort
		}
		if offset += 3 + length; offset > p.size {
			return 0, errShort
		}
		if block&1 != 0 {
			break
		}
	}
	if flags&4 != 0 {
		offset += 4
	}
	return offset, nil
}

func isBzip2(head []byte) bool {
	return len(head) >= 10 && string(head[:3]) == "BZh" && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == bzip2End)
}

// bzip2End precedes the last checksum of a file, at any bit position.
const bzip2End = "\x17\x72\x45\x38\x50\x90"

// checkBzip2 searches for the end of the stream. Zero bits fill its last byte.
func checkBzip2(p *probe) error {
	end, err := p.at(p.size-11, 11)
	if err != nil {
		return err
	}
	for shift := range 8 {
		moved := make([]byte, 10)
		for i := range moved {
			moved[i] = byte(uint16(end[i])<<8>>shift) | byte((uint16(end[i+1])|uint16(end[i])<<8)>>shift)
		}
		if string(moved[:6]) == bzip2End && bits.TrailingZeros8(end[10]) >= shift {
			return nil
		}
	}
	return errShort
}
