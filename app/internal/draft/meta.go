package draft

import (
	"encoding/binary"
	"hash/fnv"
	"io"
)

// meta is the content of a meta page of bbolt.
type meta struct {
	pageSize   int64
	root, free uint64
	pages      uint64 // total number
	tx         uint64 // ID of the last transaction
}

// readMeta returns the newer of the file's two meta pages.
func readMeta(r io.ReaderAt) (meta, error) {
	first, err := metaAt(r, 0)
	if err != nil {
		return onlySecondMeta(r, err)
	}
	second, err := metaAt(r, first.pageSize)
	if err != nil || second.tx <= first.tx {
		return first, nil
	}
	return second, nil
}

// onlySecondMeta searches for the second meta page when the first is damaged, whose
// error it returns if it finds none.
func onlySecondMeta(r io.ReaderAt, damage error) (meta, error) {
	for size := int64(1 << 10); size <= 1<<16; size <<= 1 {
		second, err := metaAt(r, size)
		if err != nil || second.pageSize != size {
			continue
		}
		return second, nil
	}
	return meta{}, damage
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
