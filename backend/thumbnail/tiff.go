package thumbnail

import (
	"encoding/binary"
	"errors"
	"image/color"
	"io"
	"math"

	"golang.org/x/image/tiff"
)

// The tags of TIFF 6.0 that determine the memory of a decoder.
const (
	compressionTag     = 0x0103
	rowsPerStripTag    = 0x0116
	stripByteCountsTag = 0x0117
	tileWidthTag       = 0x0142
	tileLengthTag      = 0x0143
	uncompressed       = 1
)

var errNoTIFF = errors.New("this is no TIFF")

func decodeTIFF(s *source) (decoded, error) {
	c, err := tiff.DecodeConfig(s)
	if err != nil {
		return decoded{}, err
	}
	tags, err := readTIFFTags(s)
	if err != nil {
		return decoded{}, err
	}
	if err := admit(c, tags.weigh(c.Width, c.Height, bitsOfTIFF(c.ColorModel))); err != nil {
		return decoded{}, err
	}
	img, err := tiff.Decode(s)
	return decoded{Image: img, orientation: tags.orientation()}, err
}

func bitsOfTIFF(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 64
	case color.RGBAModel, color.NRGBAModel:
		return 32
	case color.Gray16Model:
		return 16
	}
	return 8 // grey, or of a palette
}

// tiffTags are the first values of the first image's tags.
type tiffTags map[uint16]tiffTag

type tiffTag struct {
	kind         uint16
	count, value uint32
}

// readTIFFTags reads the tags whose values are numbers in the list itself.
func readTIFFTags(r io.ReaderAt) (tiffTags, error) {
	head := make([]byte, 8)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, err
	}
	order, ok := byteOrder(head)
	if !ok {
		return nil, errNoTIFF
	}
	at := int64(order.Uint32(head[4:]))
	if _, err := r.ReadAt(head[:2], at); err != nil {
		return nil, err
	}
	list := make([]byte, 12*int(order.Uint16(head)))
	if _, err := r.ReadAt(list, at+2); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	tags := tiffTags{}
	for ; len(list) >= 12; list = list[12:] {
		t := tiffTag{kind: order.Uint16(list[2:]), count: order.Uint32(list[4:]), value: order.Uint32(list[8:])}
		if t.kind == short {
			t.value = uint32(order.Uint16(list[8:]))
		}
		tags[order.Uint16(list)] = t
	}
	return tags, nil
}

func byteOrder(head []byte) (binary.ByteOrder, bool) {
	switch string(head[:4]) {
	case "II*\x00":
		return binary.LittleEndian, true
	case "MM\x00*":
		return binary.BigEndian, true
	}
	return nil, false
}

func (t tiffTags) orientation() orientation {
	if o := t[orientationTag]; o.kind == short && o.value <= 8 {
		return orientation(o.value)
	}
	return 0
}

// weigh returns the most bits that a pixel of the image takes during decoding: its
// own, and those of the largest block, which is read into a growing buffer.
func (t tiffTags) weigh(width, height int, bits int64) int64 {
	pixels := float64(width) * float64(height)
	block := pixels
	if w, h := t[tileWidthTag].value, t[tileLengthTag].value; w > 0 {
		block = float64(w) * float64(h)
	} else if rows := t[rowsPerStripTag].value; rows > 0 {
		block = min(pixels, float64(width)*float64(rows))
	}
	bytes := 8 * block // the most that the decoder takes
	if n := t[stripByteCountsTag]; n.count == 1 && t[compressionTag].value <= uncompressed {
		bytes = min(bytes, float64(n.value))
	}
	return bits + int64(math.Ceil(min(1e6, 2*8*bytes/pixels)))
}
