package draft

import (
	"encoding/binary"
	"hash/fnv"
	"io"
)

// meta is what a file says of itself as a whole.
type meta struct {
	pageSize   int64
	root, free uint64
	pages      uint64 // how many there are
	tx         uint64 // number of the last transaction
}

// readMeta returns the newer of the two descriptions that a file begins with.
func readMeta(r io.ReaderAt) (meta, error) {
	first, err := metaAt(r, 0)
	if err == nil {
		if second, err := metaAt(r, first.pageSize); err == nil && second.tx > first.tx {
			return second, nil
		}
		return first, nil
	}
	for size := int64(1 << 10); size <= 1<<16; size <<= 1 {
		if second, err := metaAt(r, size); err == nil && second.pageSize == size {
			return second, nil
		}
	}
	return meta{}, err
}

func metaAt(r io.ReaderAt, offset int64) (meta, error) {
	raw := make([]byte, metaLength)
	if _, err := r.ReadAt(raw, offset+pageHeader); err != nil {
		return meta{}, damaged("the description at %d: %w", offset, err)
	}
	ne := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(raw[:56])
	if ne.Uint32(raw) != metaMagic || ne.Uint32(raw[4:]) != metaVersion || ne.Uint64(raw[56:]) != sum.Sum64() {
		return meta{}, damaged("the description at %d", offset)
	}
	m := meta{
		pageSize: int64(ne.Uint32(raw[8:])), root: ne.Uint64(raw[16:]), free: ne.Uint64(raw[32:]),
		pages: ne.Uint64(raw[40:]), tx: ne.Uint64(raw[48:]),
	}
	if m.pageSize < 1<<10 || m.pageSize > 1<<16 {
		return meta{}, damaged("pages of %d bytes", m.pageSize)
	}
	return m, nil
}
