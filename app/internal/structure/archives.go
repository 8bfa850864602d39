package structure

import (
	"bytes"
	"hash/crc32"
)

// check7z checks that the directory at the archive's end is inside the file, and compares
// its checksum.
func check7z(p *probe) error {
	raw, err := p.at(12, 20)
	if err != nil {
		return err
	}
	offset, length := little.Uint64(raw), little.Uint64(raw[8:])
	if offset > uint64(p.size) {
		return errShort
	}
	if err := p.within(32+offset, length); err != nil {
		return err
	}
	if length > 1<<20 {
		return nil
	}
	list, err := p.at(32+int64(offset), int(length))
	if err != nil {
		return err
	}
	if crc32.ChecksumIEEE(list) != little.Uint32(raw[16:]) {
		return errShort
	}
	return nil
}

// checkRAR searches for the end block of a RAR 4 or 5 archive at the end of the file. If
// other data is found there, it follows the blocks.
func checkRAR(p *probe) error {
	head, err := p.upTo(0, 32)
	if err != nil {
		return err
	}
	end, _, err := p.end(8)
	if err != nil {
		return err
	}
	if bytes.HasSuffix(end, []byte("\x1d\x77\x56\x51\x03\x05\x04\x00")) || bytes.HasSuffix(end, []byte("\xc4\x3d\x7b\x00\x40\x07\x00")) {
		return nil
	}
	block, offset := rar4Block, int64(7)
	if head[6] == 1 {
		block, offset = rar5Block, 8
	}
	for {
		length, last, err := block(p, offset)
		if err != nil || last {
			return err
		}
		if err := p.within(uint64(offset), length); err != nil {
			return err
		}
		offset += int64(length)
	}
}

// rar4Block reads the length of a block. last is true for the end block and for encrypted
// headers.
func rar4Block(p *probe, offset int64) (length uint64, last bool, err error) {
	raw, err := p.at(offset, 7)
	if err != nil {
		return 0, false, err
	}
	kind, flags := raw[2], little.Uint16(raw[3:])
	length = uint64(little.Uint16(raw[5:]))
	if kind < 0x72 || kind > 0x7b || length < 7 {
		return 0, false, errShort
	}
	if kind == 0x7b || kind == 0x73 && flags&0x80 != 0 {
		return length, true, nil
	}
	if flags&0x8000 == 0 {
		return length, false, nil
	}
	if raw, err = p.at(offset+7, 4); err != nil {
		return 0, false, err
	}
	length += uint64(little.Uint32(raw))
	if kind == 0x74 && flags&0x100 != 0 { // larger than 4 GB
		if raw, err = p.at(offset+32, 4); err != nil {
			return 0, false, err
		}
		length += uint64(little.Uint32(raw)) << 32
	}
	return length, false, nil
}

// rar5Block is rar4Block for RAR 5.
func rar5Block(p *probe, offset int64) (length uint64, last bool, err error) {
	raw, err := p.upTo(offset, 48)
	if err != nil || len(raw) < 7 {
		return 0, false, errShort
	}
	rest := raw[4:]
	size := vint(&rest)
	begun := uint64(len(raw) - len(rest))
	kind, flags := vint(&rest), vint(&rest)
	if size == 0 || kind == 0 || kind > 5 {
		return 0, false, errShort
	}
	if kind >= 4 { // encryption starts here, or the archive ends
		return begun + size, true, p.within(uint64(offset), begun+size)
	}
	data := uint64(0)
	if flags&1 != 0 {
		vint(&rest)
	}
	if flags&2 != 0 {
		data = vint(&rest)
	}
	if size > uint64(p.size) || data > uint64(p.size) {
		return 0, false, errShort
	}
	return begun + size + data, false, nil
}

// vint reads a number with seven bits per byte.
func vint(raw *[]byte) (n uint64) {
	for i, b := range *raw {
		n |= uint64(b&0x7f) << (7 * i)
		if b&0x80 == 0 || i == 9 {
			*raw = (*raw)[i+1:]
			return n
		}
	}
	*raw = nil
	return n
}
