package structure

// The TIFF tags with positions of content.
const (
	tiffCompression = 259
	tiffStrips      = 273
	tiffStripSizes  = 279
	tiffTiles       = 324
	tiffTileSizes   = 325
	tiffBelow       = 330 // directories of smaller pictures and of raw pictures
	tiffExif        = 34665
)

// tiff is a TIFF, a BigTIFF, or a raw picture based on TIFF.
type tiff struct {
	p        *probe
	order    byteOrder
	large    bool // BigTIFF
	pending  []uint64
	seen     map[uint64]bool
	squeezed bool // some content is compressed
}

// checkTIFF follows the directories; everything that they refer to must be inside the file.
func checkTIFF(p *probe) error {
	head, err := p.upTo(0, 16)
	if err != nil {
		return err
	}
	if len(head) < 8 {
		return errShort
	}
	t := &tiff{p: p, order: little, seen: map[uint64]bool{}}
	if head[0] == 'M' {
		t.order = big
	}
	t.large = head[2] == '+' || head[3] == '+'
	first := uint64(t.order.Uint32(head[4:]))
	if t.large {
		if len(head) < 16 {
			return errShort
		}
		first = t.order.Uint64(head[8:])
	}
	if first == 0 {
		return errShort // it is written last
	}
	for t.pending = []uint64{first}; len(t.pending) > 0; {
		at := t.pending[0]
		t.pending = t.pending[1:]
		if t.seen[at] {
			continue
		}
		t.seen[at] = true
		if err := t.directory(at); err != nil {
			return err
		}
	}
	if t.squeezed {
		return p.solid(0, p.size)
	}
	return nil
}

// directory checks the directory at the offset and queues those that it refers to.
func (t *tiff) directory(at uint64) error {
	count, entry, width := 2, 12, 4
	if t.large {
		count, entry, width = 8, 20, 8
	}
	if err := t.p.within(at, uint64(count)); err != nil {
		return err
	}
	raw, err := t.p.at(int64(at), count)
	if err != nil {
		return err
	}
	n := uint64(t.order.Uint16(raw))
	if t.large {
		n = t.order.Uint64(raw)
	}
	if n == 0 || n > 1<<16 {
		return errShort
	}
	entries, err := t.p.at(int64(at)+int64(count), int(n)*entry)
	if err != nil {
		return err
	}
	places := map[uint16][]uint64{}
	for ; len(entries) > 0; entries = entries[entry:] {
		if err := t.entry(entries[:entry], places); err != nil {
			return err
		}
	}
	for _, pair := range [][2]uint16{{tiffStrips, tiffStripSizes}, {tiffTiles, tiffTileSizes}} {
		if err := t.content(places[pair[0]], places[pair[1]]); err != nil {
			return err
		}
	}
	t.pending = append(t.pending, append(places[tiffBelow], places[tiffExif]...)...)
	if c := places[tiffCompression]; len(c) == 1 && c[0] > 1 {
		t.squeezed = true
	}
	next, err := t.p.upTo(int64(at)+int64(count)+int64(n)*int64(entry), width)
	if err != nil || len(next) < width {
		return err // some programs omit it
	}
	if after := t.number(next, width); after != 0 {
		t.pending = append(t.pending, after)
	}
	return nil
}

// tiffWidths are the sizes of the value types, in bytes.
var tiffWidths = map[uint16]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

// entry checks that the values of an entry are inside the file and stores positions and
// lengths.
func (t *tiff) entry(raw []byte, places map[uint16][]uint64) error {
	tag, width := t.order.Uint16(raw), tiffWidths[t.order.Uint16(raw[2:])]
	count, value := uint64(t.order.Uint32(raw[4:])), raw[8:]
	if t.large {
		count, value = t.order.Uint64(raw[4:]), raw[12:]
	}
	if width == 0 || count > 1<<40 {
		return nil
	}
	length := count * uint64(width)
	at := uint64(0)
	if length > uint64(len(value)) {
		at = t.number(value, len(value))
		if err := t.p.within(at, length); err != nil {
			return err
		}
	}
	switch tag {
	case tiffStrips, tiffStripSizes, tiffTiles, tiffTileSizes, tiffBelow, tiffExif, tiffCompression:
	default:
		return nil
	}
	if length > 1<<20 {
		return nil // too many to check
	}
	if at > 0 {
		var err error
		if value, err = t.p.at(int64(at), int(length)); err != nil {
			return err
		}
	}
	for i := range int(count) {
		places[tag] = append(places[tag], t.number(value[i*width:], width))
	}
	return nil
}

// content checks that strips or tiles are inside the file.
func (t *tiff) content(places, sizes []uint64) error {
	for i, at := range places {
		size := uint64(0)
		if i < len(sizes) {
			size = sizes[i]
		}
		if err := t.p.within(at, size); err != nil {
			return err
		}
	}
	return nil
}

func (t *tiff) number(raw []byte, width int) uint64 {
	switch width {
	case 8:
		return t.order.Uint64(raw)
	case 4:
		return uint64(t.order.Uint32(raw))
	case 2:
		return uint64(t.order.Uint16(raw))
	}
	return uint64(raw[0])
}
