package structure

import "bytes"

// tagLength returns the length of the ID3 tag at the beginning of a file.
func tagLength(head []byte) (length int64, found bool) {
	if len(head) < 10 || string(head[:3]) != "ID3" || (head[6]|head[7]|head[8]|head[9])&0x80 != 0 {
		return 0, false
	}
	length = 10 + (int64(head[6])<<21 | int64(head[7])<<14 | int64(head[8])<<7 | int64(head[9]))
	if head[5]&0x10 != 0 {
		length += 10
	}
	return length, true
}

// withoutTag strips the tags that music players append.
func withoutTag(end []byte) []byte {
	if n := len(end) - 128; n >= 0 && string(end[n:n+3]) == "TAG" {
		end = end[:n]
	}
	if n := len(end) - 32; n >= 0 && string(end[n:n+8]) == "APETAGEX" {
		length := int(little.Uint32(end[n+12:]))
		if little.Uint32(end[n+20:])&0x80000000 != 0 {
			length += 32 // plus a header
		}
		end = end[:max(0, len(end)-max(length, 32))]
	}
	return end
}

// kilobits are the bit rates of MPEG audio by version (1, or 2 and 2.5), layer (2 and 3)
// and code.
var kilobits = [2][2][16]int{
	{
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	},
	{
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	},
}

// mpegFrame returns the length of the frame of MPEG audio, layer 2 or 3, with this header;
// 0 if it is not a header. Layer 1 is obsolete, and its header looks like text in UTF-16.
func mpegFrame(raw []byte) int {
	if len(raw) < 4 || raw[0] != 0xff || raw[1]&0xe0 != 0xe0 {
		return 0
	}
	version, layer, rate := raw[1]>>3&3, 4-int(raw[1]>>1&3), int(raw[2]>>2&3)
	if version == 1 || layer == 4 || layer == 1 || rate == 3 {
		return 0
	}
	hertz, table := [3]int{44100, 48000, 32000}[rate], 0
	if version != 3 {
		hertz, table = hertz/2, 1
	}
	if version == 0 {
		hertz /= 2
	}
	bitrate, padding := 1000*kilobits[table][layer-2][raw[2]>>4], int(raw[2]>>1&1)
	switch {
	case bitrate == 0:
		return 0
	case layer == 3 && table == 1:
		return 72*bitrate/hertz + padding
	}
	return 144*bitrate/hertz + padding
}

// adtsFrame returns the length of the AAC frame with this header; 0 if it is not a header.
func adtsFrame(raw []byte) int {
	if len(raw) < 7 || raw[0] != 0xff || raw[1]&0xf6 != 0xf0 || raw[2]>>2&0xf > 12 {
		return 0
	}
	if length := int(raw[3]&3)<<11 | int(raw[4])<<3 | int(raw[5])>>5; length > 7 {
		return length
	}
	return 0
}

// isFramed recognizes files of frames by their first two frames.
func isFramed(head []byte, frame func([]byte) int) bool {
	n := frame(head)
	return n > 0 && (n >= len(head) || frame(head[n:]) > 0)
}

func isMP3(head []byte) bool  { return isFramed(head, mpegFrame) }
func isADTS(head []byte) bool { return isFramed(head, adtsFrame) }

func checkADTS(p *probe) error { return checkFrames(p, adtsFrame) }

// checkMP3 compares the length that most programs store in the first frame, and checks that
// the last frame is complete.
func checkMP3(p *probe) error {
	first, err := p.upTo(p.start, 256)
	if err != nil {
		return err
	}
	for _, mark := range []string{"Xing", "Info"} {
		at := bytes.Index(first, []byte(mark))
		if at < 0 || at > 40 || len(first)-at < 16 || first[at+7]&3 != 3 {
			continue
		}
		if err := p.within(uint64(p.start), uint64(big.Uint32(first[at+12:]))); err != nil {
			return err
		}
	}
	return checkFrames(p, mpegFrame)
}

// checkFrames follows the frames at the end of the file.
func checkFrames(p *probe, frame func([]byte) int) error {
	end, start, err := p.end(piece)
	if err != nil {
		return err
	}
	if start < p.start {
		end = end[min(p.start-start, int64(len(end))):]
	}
	end = withoutTag(end)
	for at := range end {
		if !isFramed(end[at:], frame) {
			continue
		}
		rest := end[at:]
		frames := 0
		for n := frame(rest); n > 0; n = frame(rest) {
			if n > len(rest) {
				return errShort
			}
			rest = rest[n:]
			frames++
		}
		if frames < 3 && len(end) == piece {
			continue // it only looked like frames
		}
		if len(rest) > 0 && len(rest) < 7 && rest[0] == 0xff {
			return errShort
		}
		return nil
	}
	return errShort
}
