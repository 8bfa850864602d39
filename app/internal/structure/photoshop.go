package structure

// checkPSD follows the sections of a Photoshop document, PSD or PSB, up to the merged
// picture, whose length follows from its size or from the lengths of its rows.
func checkPSD(p *probe) error {
	head, err := p.at(0, 26)
	if err != nil {
		return err
	}
	long := head[5] == 2
	rows := int64(big.Uint16(head[12:])) * int64(big.Uint32(head[14:]))
	row := (uint64(big.Uint32(head[18:]))*uint64(big.Uint16(head[22:])) + 7) / 8
	offset := int64(26)
	for section := range 3 { // colours, resources, layers
		width := 4
		if section == 2 && long {
			width = 8
		}
		raw, err := p.at(offset, width)
		if err != nil {
			return err
		}
		length := uint64(big.Uint32(raw))
		if width == 8 {
			length = big.Uint64(raw)
		}
		if err := p.within(uint64(offset)+uint64(width), length); err != nil {
			return err
		}
		offset += int64(width) + int64(length)
	}
	raw, err := p.at(offset, 2)
	if err != nil {
		return err
	}
	switch big.Uint16(raw) {
	case 0:
		if err := p.within(uint64(offset)+2, uint64(rows)*row); err != nil {
			return err
		}
		if big.Uint16(head[12:]) > 2 { // colour planes follow one another: all but the first would be black
			return p.solid(0, p.size)
		}
		return nil
	case 1:
		return checkRows(p, offset+2, rows, long)
	}
	return p.within(uint64(offset), 4) // the length of other compressions is unknown
}

// checkRows adds up the lengths of the compressed rows, which precede the rows.
func checkRows(p *probe, offset, rows int64, long bool) error {
	width := int64(2)
	if long {
		width = 4
	}
	if err := p.within(uint64(offset), uint64(rows*width)); err != nil {
		return err
	}
	end := uint64(offset + rows*width)
	for c := p.from(offset); rows > 0; rows-- {
		raw, err := c.next(int(width))
		if err != nil {
			return err
		}
		if long {
			end += uint64(big.Uint32(raw))
		} else {
			end += uint64(big.Uint16(raw))
		}
	}
	if err := p.within(0, end); err != nil {
		return err
	}
	return p.solid(0, p.size)
}
