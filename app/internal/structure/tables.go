package structure

// Fonts and databases: files with a table of their parts.

// isSFNT recognizes a font by its table directory, because other files have the same
// signature.
func isSFNT(head []byte) bool {
	if len(head) < 28 || !begins("\x00\x01\x00\x00", "OTTO", "true", "typ1")(head) {
		return false
	}
	tables := big.Uint16(head[4:])
	return tables > 0 && tables < 128 && isTag(head[12:16]) && head[12] != ' '
}

func checkSFNT(p *probe) error { return checkFont(p, 0) }

// checkFont checks that all tables of the font at the offset are inside the file.
func checkFont(p *probe, offset int64) error {
	raw, err := p.at(offset+4, 2)
	if err != nil {
		return err
	}
	list, err := p.at(offset+12, 16*int(big.Uint16(raw)))
	for ; err == nil && len(list) > 0; list = list[16:] {
		err = p.within(uint64(big.Uint32(list[8:])), uint64(big.Uint32(list[12:])))
	}
	return err
}

// checkTTC checks all fonts of a collection.
func checkTTC(p *probe) error {
	raw, err := p.at(8, 4)
	if err != nil {
		return err
	}
	fonts := big.Uint32(raw)
	if fonts > 1<<12 {
		return nil
	}
	list, err := p.at(12, 4*int(fonts))
	for ; err == nil && len(list) > 0; list = list[4:] {
		err = checkFont(p, int64(big.Uint32(list)))
	}
	return err
}

// checkSQLite compares the number of pages with the file's length.
func checkSQLite(p *probe) error {
	raw, err := p.at(0, 100)
	if err != nil {
		return err
	}
	page := uint64(big.Uint16(raw[16:]))
	if page == 1 {
		page = 1 << 16
	}
	pages := uint64(big.Uint32(raw[28:]))
	if page < 512 || pages == 0 || big.Uint32(raw[24:]) != big.Uint32(raw[92:]) {
		return nil // old versions do not store the number
	}
	return p.within(0, page*pages)
}

// checkOLE checks that the sectors in use of an old Office file are inside the file. Its
// allocation table lists the free sectors.
func checkOLE(p *probe) error {
	head, err := p.at(0, 512)
	if err != nil {
		return err
	}
	shift := little.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return nil
	}
	sector := int64(1) << shift
	used, perTable := int64(0), sector/4
	for i := range min(int64(little.Uint32(head[44:])), 109) {
		table, err := p.at((int64(little.Uint32(head[76+4*i:]))+1)*sector, int(sector))
		if err != nil {
			return err
		}
		for n := range perTable {
			const free = 0xffffffff
			if little.Uint32(table[4*n:]) != free {
				used = i*perTable + n + 1
			}
		}
	}
	// The last sector may be incomplete.
	return p.within(0, uint64(used*sector+1))
}
