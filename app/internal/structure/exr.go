package structure

import "bytes"

// checkEXR reads the offsets of an OpenEXR picture's chunks, and checks that the last chunk
// ends inside the file. An offset of 0 belongs to a chunk that was never written.
func checkEXR(p *probe) error {
	raw, err := p.at(4, 4)
	if err != nil {
		return err
	}
	e := exr{tiled: raw[1]&2 != 0, several: raw[1]&16 != 0}
	c := p.from(8)
	pieces, err := e.readHeaders(c)
	if err != nil || pieces == 0 {
		return err
	}
	last := uint64(0)
	for range pieces {
		raw, err := c.next(8)
		if err != nil {
			return err
		}
		place := little.Uint64(raw)
		if place == 0 {
			return errShort
		}
		last = max(last, place)
	}
	if err := p.within(last, 8); err != nil {
		return err
	}
	if err := e.checkPiece(p, int64(last)); err != nil || e.parts[0].compression < 2 {
		return err
	}
	return p.solid(0, p.size)
}

// exr is the header of an OpenEXR file.
type exr struct {
	tiled, several bool
	parts          []exrHeader
}

// readHeaders returns the number of chunks; 0 if unknown.
func (e *exr) readHeaders(c *cursor) (pieces int64, err error) {
	for {
		h, err := readEXRHeader(c)
		if err != nil {
			return 0, err
		}
		if h.empty {
			break
		}
		h.tiled = h.tiled || e.tiled
		if h.pieces == 0 && !h.tiled {
			h.pieces = h.scanBlocks()
		}
		if e.parts = append(e.parts, h); h.pieces == 0 || len(e.parts) > 1<<10 {
			return 0, nil // tiles without their number
		}
		if pieces += h.pieces; !e.several {
			break
		}
	}
	if len(e.parts) == 0 {
		return 0, errShort
	}
	return pieces, nil
}

// checkPiece checks that a chunk ends inside the file. A chunk begins with its position
// and its length.
func (e *exr) checkPiece(p *probe, offset int64) error {
	h := e.parts[0]
	if e.several {
		raw, err := p.at(offset, 4)
		if err != nil {
			return err
		}
		part := little.Uint32(raw)
		if uint64(part) >= uint64(len(e.parts)) {
			return errShort
		}
		h, offset = e.parts[part], offset+4
	}
	if h.deep {
		return nil // these chunks have several lengths
	}
	if offset += 4; h.tiled {
		offset += 12
	}
	raw, err := p.at(offset, 4)
	if err != nil {
		return err
	}
	length := uint64(little.Uint32(raw))
	if length == 0 {
		return errShort
	}
	return p.within(uint64(offset)+4, length)
}

// exrHeader describes the chunks of a part.
type exrHeader struct {
	empty       bool
	pieces      int64 // as declared; 0 if unknown
	height      int64
	compression byte
	tiled, deep bool
}

// scanBlocks returns the number of blocks of rows.
func (h exrHeader) scanBlocks() int64 {
	rows := int64(1)
	switch h.compression {
	case 3, 5: // ZIP, PXR24
		rows = 16
	case 4, 6, 7, 8: // PIZ, B44, B44A, DWAA
		rows = 32
	case 9: // DWAB
		rows = 256
	}
	return (h.height + rows - 1) / rows
}

func readEXRHeader(c *cursor) (h exrHeader, err error) {
	for first := true; ; first = false {
		name, err := zeroEnded(c)
		if err != nil {
			return h, err
		}
		if name == "" {
			h.empty = first
			return h, nil
		}
		if _, err = zeroEnded(c); err != nil { // the type of the attribute
			return h, err
		}
		raw, err := c.next(4)
		if err != nil {
			return h, err
		}
		length := little.Uint32(raw)
		h.tiled = h.tiled || name == "tiles"
		h.deep = h.deep || name == "maxSamplesPerPixel"
		if wanted := map[string]uint32{"chunkCount": 4, "dataWindow": 16, "compression": 1}[name]; wanted != length || length == 0 {
			if err := c.skip(int64(length)); err != nil {
				return h, err
			}
			continue
		}
		if raw, err = c.next(int(length)); err != nil {
			return h, err
		}
		switch name {
		case "chunkCount":
			h.pieces = int64(little.Uint32(raw))
		case "dataWindow":
			h.height = max(0, int64(int32(little.Uint32(raw[12:])))-int64(int32(little.Uint32(raw[4:])))+1)
		case "compression":
			h.compression = raw[0]
		}
	}
}

// zeroEnded reads a name.
func zeroEnded(c *cursor) (string, error) {
	var name bytes.Buffer
	for name.Len() <= 255 {
		raw, err := c.next(1)
		if err != nil {
			return "", err
		}
		if raw[0] == 0 {
			return name.String(), nil
		}
		name.WriteByte(raw[0])
	}
	return "", errShort
}
