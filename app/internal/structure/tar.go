package structure

import (
	"errors"
	"strconv"
	"strings"
)

const tarBlock = 512

// isTar recognizes a header by its checksum, which old archives have, too.
func isTar(head []byte) bool {
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	sum := int64(0)
	for i, b := range head[:tarBlock] {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += int64(b)
	}
	said, ok := octal(head[148:156])
	return ok && said == sum
}

// checkTar follows the entries up to the block of zeros that ends an archive. An archive
// with too many entries must end in zeros.
func checkTar(p *probe) error {
	end, _, err := p.end(tarBlock)
	if err != nil {
		return err
	}
	if err = followTar(p); errors.Is(err, errSpent) && !allZeros(end) {
		return errShort
	}
	return err
}

func followTar(p *probe) error {
	for offset := int64(0); ; {
		raw, err := p.at(offset, tarBlock)
		if err != nil {
			return err
		}
		if allZeros(raw) {
			return nil
		}
		size, ok := octal(raw[124:136])
		if !ok || !isTar(raw) {
			return errShort
		}
		if kind := raw[156]; kind >= '1' && kind <= '6' {
			size = 0 // links, devices and folders have no content
		}
		if err := p.within(uint64(offset), uint64(size)); err != nil {
			return err
		}
		if offset += tarBlock + (size+tarBlock-1)/tarBlock*tarBlock; raw[156] == 'S' {
			if offset, err = skipSparse(p, offset, raw[482]); err != nil {
				return err
			}
		}
	}
}

// skipSparse skips the blocks that list the parts of a sparse file. They precede its
// content and are not included in its size.
func skipSparse(p *probe, offset int64, more byte) (int64, error) {
	for at := offset; more != 0; at += tarBlock {
		raw, err := p.at(at, tarBlock)
		if err != nil {
			return 0, err
		}
		offset, more = at+tarBlock, raw[504]
	}
	return offset, nil
}

// octal parses a number in a header; large numbers are binary.
func octal(raw []byte) (int64, bool) {
	if raw[0]&0x80 != 0 {
		n := uint64(0)
		for _, b := range raw[max(1, len(raw)-8):] {
			n = n<<8 | uint64(b)
		}
		return int64(n), n < 1<<62
	}
	text := strings.Trim(string(raw), " \x00")
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 8, 62)
	return int64(n), err == nil
}
