package structure

import "bytes"

// checkOgg checks the last page: it must end at the end of the file and have the
// end-of-stream flag.
func checkOgg(p *probe) error {
	end, start, err := p.end(2 * piece)
	if err != nil {
		return err
	}
	at := bytes.LastIndex(end, []byte("OggS"))
	if at < 0 || len(end)-at < 27 {
		return errShort
	}
	page := end[at:]
	length := 27 + int(page[26])
	if len(page) < length {
		return errShort
	}
	for _, n := range page[27:length] {
		length += int(n)
	}
	if err := p.within(uint64(start)+uint64(at), uint64(length)); err != nil {
		return err
	}
	const endOfStream = 4
	if page[5]&endOfStream == 0 {
		return errShort
	}
	return nil
}

// checkWavPack follows the blocks at the end; the last block must contain the last samples.
func checkWavPack(p *probe) error {
	first, err := p.at(0, 32)
	if err != nil {
		return err
	}
	total := little.Uint32(first[12:])
	end, start, err := p.end(1 << 20)
	if err != nil {
		return err
	}
	at := bytes.LastIndex(end, []byte("wvpk"))
	if at < 0 || len(end)-at < 32 {
		return errShort
	}
	block := end[at:]
	if err := p.within(uint64(start)+uint64(at)+8, uint64(little.Uint32(block[4:]))); err != nil {
		return err
	}
	samples := little.Uint32(block[20:])
	if total != 1<<32-1 && samples > 0 && little.Uint32(block[16:])+samples < total {
		return errShort
	}
	return nil
}
