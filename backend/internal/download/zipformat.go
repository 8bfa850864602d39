package download

import (
	"encoding/binary"
	"math"
	"time"
)

// Numbers of the format, from APPNOTE.TXT 6.3 of PKWARE and Info-ZIP's note on
// extra fields.
const (
	localSignature     = 0x04034b50
	centralSignature   = 0x02014b50
	endSignature       = 0x06054b50
	end64Signature     = 0x06064b50
	locator64Signature = 0x07064b50

	localHeaderLen   = 30
	centralHeaderLen = 46
	endRecordLen     = 22
	end64RecordLen   = 56
	locator64Len     = 20
	timeExtraLen     = 9
	sizes64ExtraLen  = 20 // both sizes
	offset64Len      = 8
	extraHeadLen     = 4

	version   = 20
	version64 = 45
	madeUnix  = 3 << 8
	flagUTF8  = 1 << 11
)

// layout has the positions in a zip of uncompressed entries. Sizes and checksums come
// before the content, so that a client can unpack the zip while it arrives.
type layout struct {
	entries  []entry
	modified time.Time
	offsets  []int64 // of the local headers
	central  int64   // the offset of the central directory
	length   int64   // of the central directory
}

func layoutOf(entries []entry, modified time.Time) layout {
	l := layout{entries: entries, modified: modified, offsets: make([]int64, len(entries))}
	for i, e := range entries {
		l.offsets[i] = l.central
		l.central += l.localLen(i) + e.size
	}
	for i, e := range entries {
		l.length += centralHeaderLen + int64(len(e.name)) + timeExtraLen + l.central64Len(i)
	}
	return l
}

func (e entry) big() bool { return e.size >= math.MaxUint32 }

func (l layout) far(i int) bool { return l.offsets[i] >= math.MaxUint32 }

// localLen is the length of the header before an entry's content.
func (l layout) localLen(i int) int64 {
	n := int64(localHeaderLen + len(l.entries[i].name) + timeExtraLen)
	if l.entries[i].big() {
		n += sizes64ExtraLen
	}
	return n
}

// central64Len is the length of the 64-bit field of an entry in the central
// directory. The field has only the values that do not fit into 32 bits.
func (l layout) central64Len(i int) (n int64) {
	if l.entries[i].big() {
		n += sizes64ExtraLen - extraHeadLen
	}
	if l.far(i) {
		n += offset64Len
	}
	if n > 0 {
		n += extraHeadLen
	}
	return n
}

func (l layout) zip64() bool {
	return len(l.entries) >= math.MaxUint16 || l.central >= math.MaxUint32 || l.length >= math.MaxUint32
}

// endLen is the length of everything after the last content.
func (l layout) endLen() int64 {
	n := l.length + endRecordLen
	if l.zip64() {
		n += end64RecordLen + locator64Len
	}
	return n
}

// record appends numbers in the byte order of the format.
type record []byte

func (r *record) u16(values ...int) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint16(*r, uint16(v))
	}
}

func (r *record) u32(values ...int64) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint32(*r, uint32(v))
	}
}

func (r *record) u64(values ...int64) {
	for _, v := range values {
		*r = binary.LittleEndian.AppendUint64(*r, uint64(v))
	}
}

// local is the header before an entry's content.
func (l layout) local(i int, crc uint32) []byte {
	e := l.entries[i]
	r := make(record, 0, l.localLen(i))
	r.u32(localSignature)
	l.common(&r, i, crc, l.localLen(i)-localHeaderLen-int64(len(e.name)))
	r = append(r, e.name...)
	if e.big() {
		r.u16(1, sizes64ExtraLen-extraHeadLen)
		r.u64(e.size, e.size)
	}
	l.time(&r)
	return r
}

// common appends the fields that both headers of an entry have after their first words.
func (l layout) common(r *record, i int, crc uint32, extra int64) {
	e := l.entries[i]
	needs, size := version, e.size
	if e.big() {
		size = math.MaxUint32
	}
	if e.big() || l.far(i) {
		needs = version64
	}
	t := l.modified
	r.u16(needs, flagUTF8, 0, t.Second()/2|t.Minute()<<5|t.Hour()<<11, t.Day()|int(t.Month())<<5|(t.Year()-1980)<<9)
	r.u32(int64(crc), size, size)
	r.u16(len(e.name), int(extra))
}

// time is the field with the time in UTC.
func (l layout) time(r *record) {
	r.u16(0x5455, timeExtraLen-extraHeadLen)
	*r = append(*r, 1) // the modification time
	r.u32(l.modified.Unix())
}

// end returns everything after the last content: the central directory and the
// records that locate it.
func (l layout) end(crc func(entry) (uint32, error)) ([]byte, error) {
	r := make(record, 0, l.endLen())
	for i, e := range l.entries {
		sum, err := crc(e)
		if err != nil {
			return nil, err
		}
		l.directory(&r, i, sum)
	}
	entries, length, central := int64(len(l.entries)), l.length, l.central
	if l.zip64() {
		r.u32(end64Signature)
		r.u64(end64RecordLen - 12)
		r.u16(madeUnix|version64, version64)
		r.u32(0, 0)
		r.u64(entries, entries, length, central)
		r.u32(locator64Signature, 0)
		r.u64(central + length)
		r.u32(1)
		entries, length, central = math.MaxUint16, math.MaxUint32, math.MaxUint32
	}
	r.u32(endSignature)
	r.u16(0, 0, int(entries), int(entries))
	r.u32(length, central)
	r.u16(0)
	return r, nil
}

// directory is an entry of the central directory.
func (l layout) directory(r *record, i int, crc uint32) {
	e, offset := l.entries[i], l.offsets[i]
	r.u32(centralSignature)
	r.u16(madeUnix | version64)
	l.common(r, i, crc, l.central64Len(i)+timeExtraLen)
	r.u16(0, 0, 0)
	if l.far(i) {
		offset = math.MaxUint32
	}
	r.u32(int64(e.mode)<<16, offset)
	*r = append(*r, e.name...)
	if n := l.central64Len(i); n > 0 {
		r.u16(1, int(n-extraHeadLen))
		if e.big() {
			r.u64(e.size, e.size)
		}
		if l.far(i) {
			r.u64(l.offsets[i])
		}
	}
	l.time(r)
}
