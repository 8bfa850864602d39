package draft

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// bbolt maps its file into memory and trusts it: a damaged page can crash the program
// or cause an endless loop. So the file is first checked by reading it. The format is
// bbolt's version 2, unchanged since 2014.
const (
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	metaLength  = 64
	pageHeader  = 16
	elementSize = 16 // of branch and leaf pages
	bucketSize  = 16
	noFreelist  = 1<<64 - 1
	maxDepth    = 64 // a deeper tree would have more pages than any disk
)

// The types of pages, and the flag of a leaf element that is a bucket.
const (
	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketLeaf   = 0x01
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// verify checks a file of size bytes and returns its meta page. It returns ErrDamaged
// unless every page in use is valid and used once, and every value can be decoded.
func verify(r io.ReaderAt, size int64) (meta, error) {
	m, err := readMeta(r)
	if err != nil {
		return m, err
	}
	if m.pages > uint64(size/m.pageSize) {
		return m, damaged("%d bytes for %d pages", size, m.pages)
	}
	v := verifier{r: r, meta: m, used: make([]bool, m.pages)}
	if err := v.tree(m.root, nil, nil, 0); err != nil {
		return m, err
	}
	return m, v.freelist()
}

type verifier struct {
	r    io.ReaderAt
	meta meta
	used []bool // by page
}

// page reads a page with its overflow pages. Each page may be read only once.
func (v *verifier) page(id uint64) ([]byte, error) {
	if id < 2 || id >= v.meta.pages {
		return nil, damaged("no page %d", id)
	}
	header := make([]byte, pageHeader)
	if _, err := v.r.ReadAt(header, int64(id)*v.meta.pageSize); err != nil {
		return nil, damaged("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(header[12:]))
	if binary.NativeEndian.Uint64(header) != id || more >= v.meta.pages-id {
		return nil, damaged("page %d says that it is another", id)
	}
	for i := id; i <= id+more; i++ {
		if v.used[i] {
			return nil, damaged("page %d is used twice", i)
		}
		v.used[i] = true
	}
	raw := make([]byte, int64(more+1)*v.meta.pageSize)
	if _, err := v.r.ReadAt(raw, int64(id)*v.meta.pageSize); err != nil {
		return nil, damaged("page %d: %w", id, err)
	}
	return raw, nil
}

// tree checks the pages below a page. bucket is the name of their top-level bucket, nil
// at the root; first is the page's key in its parent branch, nil for a root page.
func (v *verifier) tree(id uint64, bucket, first []byte, depth int) error {
	if depth > maxDepth {
		return damaged("page %d lies too deep", id)
	}
	raw, err := v.page(id)
	if err != nil {
		return err
	}
	if err := v.elements(raw, bucket, first, depth); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

// elements checks the elements of a page and everything below them. bbolt searches for a
// changed page by its first key, so that key must equal the key in the parent branch.
func (v *verifier) elements(page, bucket, first []byte, depth int) error {
	ne := binary.NativeEndian
	kind, count := ne.Uint16(page[8:]), int(ne.Uint16(page[10:]))
	switch {
	case kind != branchPage && kind != leafPage:
		return damaged("its kind is %#x", kind)
	case pageHeader+count*elementSize > len(page), count == 0 && (kind == branchPage || first != nil):
		return damaged("%d elements", count)
	}
	var before []byte
	for i := range count {
		e := page[pageHeader+i*elementSize:]
		key, value, err := v.element(e, kind)
		if err != nil {
			return err
		}
		switch {
		case i > 0 && bytes.Compare(before, key) >= 0:
			return damaged("key %d is out of order", i)
		case i == 0 && first != nil && !bytes.Equal(first, key):
			return damaged("its first key is not the one in the branch above")
		}
		before = key
		switch {
		case kind == branchPage:
			err = v.tree(ne.Uint64(e[8:]), bucket, key, depth+1)
		case ne.Uint32(e) == bucketLeaf && bucket == nil:
			err = v.bucket(value, key, depth+1)
		case ne.Uint32(e) == bucketLeaf:
			err = v.bucket(value, bucket, depth+1)
		case ne.Uint32(e) != 0:
			err = damaged("%q is of the kind %#x", key, ne.Uint32(e))
		case !decodes(bucket, value):
			err = damaged("the value of %q", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decodes reports whether a value is valid for its bucket. Cached orders are not
// decoded: there are many, and the server sends them again.
func decodes(bucket, value []byte) bool {
	switch string(bucket) {
	case string(draftBucket):
		return json.Unmarshal(value, new(Draft)) == nil
	case string(fileBucket):
		return json.Unmarshal(value, new(File)) == nil
	case string(orderBucket):
		return true
	}
	return json.Valid(value)
}

// element returns the key and value of an element. e starts at the element and ends at
// the end of its page.
func (v *verifier) element(e []byte, kind uint16) (key, value []byte, err error) {
	ne := binary.NativeEndian
	at, keySize, valueSize := uint64(ne.Uint32(e)), uint64(ne.Uint32(e[4:])), uint64(0)
	if kind == leafPage {
		at, keySize, valueSize = uint64(ne.Uint32(e[4:])), uint64(ne.Uint32(e[8:])), uint64(ne.Uint32(e[12:]))
	}
	if at < elementSize || at+keySize+valueSize > uint64(len(e)) {
		return nil, nil, damaged("an element lies outside its page")
	}
	return e[at : at+keySize], e[at+keySize : at+keySize+valueSize], nil
}

// bucket checks a bucket. It has its own pages or, if it is small, is stored inline in
// the value.
func (v *verifier) bucket(value, name []byte, depth int) error {
	if len(value) < bucketSize || depth > maxDepth {
		return damaged("a bucket of %d bytes", len(value))
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return v.tree(root, name, nil, depth)
	}
	if inline := value[bucketSize:]; len(inline) >= pageHeader {
		return v.elements(inline, name, nil, depth)
	}
	return damaged("a bucket without content")
}

// freelist checks the list of free pages: bbolt would overwrite a listed page that is
// in use.
func (v *verifier) freelist() error {
	if v.meta.free == noFreelist {
		return nil
	}
	raw, err := v.page(v.meta.free)
	if err != nil {
		return err
	}
	ne := binary.NativeEndian
	count, ids := uint64(ne.Uint16(raw[10:])), raw[pageHeader:]
	if count == 0xffff { // the count does not fit into the header
		count, ids = ne.Uint64(ids), ids[8:]
	}
	if ne.Uint16(raw[8:]) != freelistPage || count > uint64(len(ids)/8) {
		return damaged("the list of free pages")
	}
	for i := range count {
		id := ne.Uint64(ids[8*i:])
		if id < 2 || id >= v.meta.pages || v.used[id] {
			return damaged("page %d is in use and free", id)
		}
		v.used[id] = true
	}
	return nil
}
