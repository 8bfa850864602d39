package structure

import (
	"bytes"
	"slices"
)

// kind is a kind of file with a known structure.
type kind struct {
	name string
	is   func(head []byte) bool
	// check returns errShort for an incomplete file, and errZeros for a file with zeros
	// in place of content.
	check func(*probe) error
	// dense kinds never end in long runs of zeros. Other kinds hold uncompressed
	// pictures or sounds, where zeros are black or silence.
	dense bool
}

// kinds are tried in this order; kinds with short signatures come last.
var kinds = []kind{
	{"zip", begins("PK\x03\x04", "PK\x05\x06"), checkZip, false},
	{"7z", begins("7z\xbc\xaf\x27\x1c"), check7z, true},
	{"rar", begins("Rar!\x1a\x07\x01\x00", "Rar!\x1a\x07\x00"), checkRAR, true},
	{"gzip", begins("\x1f\x8b\x08"), checkGzip, true},
	{"xz", begins("\xfd7zXZ\x00"), checkXZ, true},
	{"zst", begins("\x28\xb5\x2f\xfd"), checkZstd, true},
	{"bz2", isBzip2, checkBzip2, true},
	{"cab", begins("MSCF\x00\x00\x00\x00"), sized(8, 4, little, 0), true},
	{"tar", isTar, checkTar, false},

	{"png", begins("\x89PNG"), checkPNG, true},
	{"jpeg", begins("\xff\xd8\xff"), checkJPEG, true},
	{"gif", begins("GIF87a", "GIF89a"), checkGIF, true},
	{"webp", isRIFF("WEBP"), checkRIFF, true},
	{"psd", begins("8BPS\x00\x01", "8BPS\x00\x02"), checkPSD, false},
	{"exr", begins("\x76\x2f\x31\x01"), checkEXR, false},
	{"tiff", begins("II*\x00", "MM\x00*", "II+\x00", "MM\x00+"), checkTIFF, false},
	{"bmp", isBMP, sized(2, 4, little, 0), false},
	{"ico", isICO, checkICO, false},
	{"dpx", begins("SDPX"), sized(16, 4, big, 0), false},
	{"dpx", begins("XPDS"), sized(16, 4, little, 0), false},

	{"wav", isRIFF("WAVE"), checkWAV, false},
	{"wav", begins("riff\x2e\x91\xcf\x11"), checkW64, false},
	{"avi", isRIFF("AVI "), checkRIFF, true},
	{"riff", begins("RIFF", "RIFX"), checkRIFF, false},
	{"aiff", isAIFF, checkAIFF, false},
	{"caf", begins("caff\x00\x01"), checkCAF, false},
	{"au", begins(".snd\x00\x00"), checkAU, false},
	{"flac", begins("fLaC"), checkFLAC, true},
	{"ogg", begins("OggS"), checkOgg, true},
	{"mid", begins("MThd\x00\x00\x00\x06"), checkMIDI, true},
	{"wv", begins("wvpk"), checkWavPack, true},

	{"mkv", begins("\x1a\x45\xdf\xa3"), checkMatroska, true},
	{"mxf", begins(mxfPartition), checkMXF, false},
	{"wmv", begins(asfHeader), checkASF, true},
	{"flv", begins("FLV\x01"), checkFLV, true},
	{"mpg", begins("\x00\x00\x01\xba"), checkProgramStream, true},
	{"ts", isTransportStream, checkTransportStream, true},

	{"pdf", isPDF, checkPDF, false},
	{"eps", isPostScript, checkPostScript, true},
	{"eps", begins("\xc5\xd0\xd3\xc6"), checkDOSEPS, false},
	{"ttc", begins("ttcf\x00\x01", "ttcf\x00\x02"), checkTTC, true},
	{"font", isSFNT, checkSFNT, true},
	{"woff", begins("wOFF", "wOF2"), sized(8, 4, big, 0), true},
	{"sqlite", begins("SQLite format 3\x00"), checkSQLite, false},
	{"doc", begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), checkOLE, false},
	{"glb", begins("glTF\x02\x00\x00\x00"), sized(8, 4, little, 0), false},
	{"blend", begins("BLENDER"), checkBlend, true},

	{"jp2", begins("\x00\x00\x00\x0cjP  "), checkJP2, true},
	{"jxl", begins("\x00\x00\x00\x0cJXL "), checkJXL, true},
	{kindHEIF, isBoxes(kindHEIF), checkBoxes(kindHEIF), true},
	{kindAVIF, isBoxes(kindAVIF), checkBoxes(kindAVIF), true},
	{kindMOV, isBoxes(kindMOV), checkBoxes(kindMOV), true},
	{kindMP4, isBoxes(kindMP4), checkBoxes(kindMP4), true},

	{"mp3", isMP3, checkMP3, true},
	{"aac", isADTS, checkADTS, true},
}

// begins recognizes a kind by its first bytes.
func begins(magic ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(magic, func(m string) bool { return bytes.HasPrefix(head, []byte(m)) })
	}
}

// kindOf returns the kind of a file with this beginning; the zero value if unknown.
func kindOf(head []byte) kind {
	for _, k := range kinds {
		if k.is(head) {
			return k
		}
	}
	return kind{}
}

// sized checks a kind that declares its own length, less a part of its beginning, in a
// field of some bytes at an offset. Programs that do not know the length write 0.
func sized(offset int64, width int, order byteOrder, without uint64) func(*probe) error {
	return func(p *probe) error {
		raw, err := p.at(offset, width)
		if err != nil {
			return err
		}
		length := uint64(order.Uint32(raw))
		if width == 8 {
			length = order.Uint64(raw)
		}
		if length == 0 {
			return nil
		}
		return p.within(without, length)
	}
}
