package structure

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// The records of a zip archive: APPNOTE.TXT, 4.3.
const (
	zipEndSize     = 22
	zip64EndSize   = 56
	zipLocatorSize = 20
	zipEntrySize   = 46
	zipLocalSize   = 30
	// zipDirectory is how much of the central directory is read, in pieces.
	zipDirectory = 16 << 20
)

var (
	zipEndMark     = []byte("PK\x05\x06")
	zipEntryMark   = []byte("PK\x01\x02")
	zipLocatorMark = []byte("PK\x06\x07")
	zip64EndMark   = []byte("PK\x06\x06")
)

// zipEnd is the end record of an archive, which describes its central directory.
type zipEnd struct {
	entries, size, offset uint64
	at                    int64 // latest possible end of the directory
	split                 bool  // the archive is split over several files
}

// checkZip searches for the end record at the end of an archive, and checks that the
// directory and its entries precede it.
func checkZip(p *probe) error {
	buf, start, err := p.end(tail)
	if err != nil {
		return err
	}
	for i := bytes.LastIndex(buf, zipEndMark); i >= 0; i = bytes.LastIndex(buf[:i], zipEndMark) {
		if len(buf)-i < zipEndSize || len(buf)-i-zipEndSize < int(binary.LittleEndian.Uint16(buf[i+20:])) {
			continue // the record, or its comment, is incomplete
		}
		err := checkZipAt(p, buf[i:i+zipEndSize], start+int64(i))
		// A nested archive or a comment can contain the signature, too.
		if !errors.Is(err, errShort) {
			return err
		}
	}
	return errShort
}

// checkZipAt checks the archive of an end record at an offset.
func checkZipAt(p *probe, record []byte, offset int64) error {
	end, err := readZipEnd(p, record, offset)
	if err != nil {
		return err
	}
	return checkZipDirectory(p, end)
}

// unpacksItself reports whether a file named as a zip archive begins with other data, such
// as a self-extracting program, and ends as an archive: APPNOTE.TXT, 4.1.9. Its offsets may
// count from either beginning, so nothing else is checked.
func unpacksItself(p *probe, name string) bool {
	if !strings.Contains(named[extension(name)], "zip") {
		return false
	}
	buf, _, err := p.end(tail)
	return err == nil && bytes.Contains(buf, zipEndMark)
}

func readZipEnd(p *probe, raw []byte, at int64) (zipEnd, error) {
	le := binary.LittleEndian
	end := zipEnd{
		entries: uint64(le.Uint16(raw[10:])), size: uint64(le.Uint32(raw[12:])), offset: uint64(le.Uint32(raw[16:])),
		at: at, split: le.Uint16(raw[4:]) != 0 && le.Uint16(raw[4:]) != 0xffff,
	}
	if end.entries != 0xffff && end.size != 0xffffffff && end.offset != 0xffffffff {
		return end, nil
	}
	locator, err := p.at(at-zipLocatorSize, zipLocatorSize)
	if err != nil {
		return end, err
	}
	if !bytes.HasPrefix(locator, zipLocatorMark) {
		return end, nil // exactly the largest number of entries in the small form
	}
	offset := le.Uint64(locator[8:])
	if offset > uint64(p.size) {
		return end, errShort
	}
	large, err := p.at(int64(offset), zip64EndSize)
	if err != nil {
		return end, err
	}
	if !bytes.HasPrefix(large, zip64EndMark) {
		return end, errShort
	}
	return zipEnd{
		entries: le.Uint64(large[32:]), size: le.Uint64(large[40:]), offset: le.Uint64(large[48:]), at: int64(offset), split: end.split,
	}, nil
}

// checkZipDirectory follows the central directory, up to the limit.
func checkZipDirectory(p *probe, end zipEnd) error {
	if end.split {
		return nil // the other files would be needed
	}
	room := uint64(end.at)
	if end.offset > room || end.size > room-end.offset || end.entries > end.size/zipEntrySize {
		return errShort
	}
	if end.entries == 0 && end.offset+end.size != room {
		return errShort // the record belongs to an empty archive inside this one
	}
	d := &cursor{p: p, offset: int64(end.offset), end: int64(end.offset + end.size)}
	limit := min(d.end, d.offset+zipDirectory)
	for range end.entries {
		if d.offset >= limit {
			return nil // enough was checked
		}
		if err := zipEntry(d, end.offset); err != nil {
			return err
		}
	}
	return nil
}

// zipEntry reads one entry; its content must precede the directory.
func zipEntry(d *cursor, directory uint64) error {
	raw, err := d.next(zipEntrySize)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(raw, zipEntryMark) {
		return errShort
	}
	le := binary.LittleEndian
	size, offset := uint64(le.Uint32(raw[20:])), uint64(le.Uint32(raw[42:]))
	name := uint64(le.Uint16(raw[28:]))
	large := size == 0xffffffff || offset == 0xffffffff // stored in an extra field, which is not read
	if !large && offset+zipLocalSize+name+size > directory {
		return errShort
	}
	return d.skip(int64(name) + int64(le.Uint16(raw[30:])) + int64(le.Uint16(raw[32:])))
}
