package thumbnail

import (
	"bufio"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// heaviest is the memory, in bytes, that decoding one image may take: 190 megapixels
// of a grey JPEG, 67 of a photograph, 26 of a progressive JPEG, 33 of a PNG, 28 of a
// WebP, 50 of a BMP and of a TIFF in strips.
const heaviest = 192 << 20

// A decoder decodes an image that is not too heavy.
type decoder func(*source) (decoded, error)

// decoded is an image, or the first image of an animation.
type decoded struct {
	image.Image
	orientation orientation // how to turn it
	moving      bool
}

// decoders has the decoders by the type that the content shows. A table of our own
// cannot be changed by other packages, as the formats of image.Decode can.
var decoders = map[string]decoder{
	"image/jpeg": decodeJPEG,
	"image/png":  decodePNG, "image/apng": moving(decodePNG), "image/vnd.mozilla.apng": moving(decodePNG),
	"image/gif":  decodeGIF,
	"image/webp": turned(form{webp.DecodeConfig, webp.Decode, func(color.Model) int64 { return 56 }}, webpOrientation),
	"image/bmp":  upright(form{bmp.DecodeConfig, bmp.Decode, weighBMP}),
	"image/tiff": decodeTIFF,
}

// A form describes how to read images of a type. weigh returns the most bits that a
// pixel takes during decoding.
type form struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	weigh  func(color.Model) int64
}

var (
	gifForm   = form{gif.DecodeConfig, gif.Decode, func(color.Model) int64 { return 8 }}
	decodePNG = turned(form{png.DecodeConfig, png.Decode, weighPNG}, pngOrientation)
)

var errTooHeavy = errors.New("decoding it would take too much memory")

// upright decodes images without an orientation.
func upright(f form) decoder {
	return func(s *source) (decoded, error) {
		img, _, err := f.read(s)
		return decoded{Image: img}, err
	}
}

// turned decodes images whose orientation is in a chunk. find reads it from the
// beginning of the file; its errors are those of reading.
func turned(f form, find func(io.Reader) (orientation, error)) decoder {
	return func(s *source) (decoded, error) {
		img, _, err := f.read(s)
		if err != nil {
			return decoded{}, err
		}
		if err := s.again(); err != nil {
			return decoded{}, err
		}
		o, err := find(s)
		return decoded{Image: img, orientation: o}, err
	}
}

// moving decodes the first image of a type that is always an animation.
func moving(decode decoder) decoder {
	return func(s *source) (decoded, error) {
		d, err := decode(s)
		d.moving = true
		return d, err
	}
}

// read decodes an image that is not too heavy, and returns the rest of the file.
func (f form) read(s *source) (image.Image, *bufio.Reader, error) {
	c, err := f.config(bufio.NewReader(s))
	if err != nil {
		return nil, nil, err
	}
	if err := admit(c, f.weigh(c.ColorModel)); err != nil {
		return nil, nil, err
	}
	if err := s.again(); err != nil {
		return nil, nil, err
	}
	rest := bufio.NewReaderSize(s, bufferSize)
	img, err := f.decode(rest)
	return img, rest, err
}

// bufferSize is how many bytes are read between two checks of the deadline.
const bufferSize = 64 << 10

func decodeJPEG(s *source) (decoded, error) {
	h, err := readJPEGHeader(bufio.NewReader(s))
	if err != nil {
		return decoded{}, err
	}
	if err := s.again(); err != nil {
		return decoded{}, err
	}
	c, err := jpeg.DecodeConfig(bufio.NewReader(s))
	if err != nil {
		return decoded{}, err
	}
	if err := admit(c, h.bits); err != nil {
		return decoded{}, err
	}
	if err := s.again(); err != nil {
		return decoded{}, err
	}
	img, err := jpeg.Decode(bufio.NewReaderSize(s, bufferSize))
	return decoded{Image: img, orientation: h.orientation}, err
}

// The blocks of a GIF, section 12 and following of its specification.
const (
	gifExtension = 0x21
	gifImage     = 0x2c
)

func decodeGIF(s *source) (decoded, error) {
	img, rest, err := gifForm.read(s)
	if err != nil {
		return decoded{}, err
	}
	return decoded{Image: img, moving: anotherImage(rest)}, nil
}

// anotherImage reports whether another image follows in a GIF.
func anotherImage(r *bufio.Reader) bool {
	for {
		block, err := r.ReadByte()
		if err != nil || block != gifExtension {
			return err == nil && block == gifImage
		}
		if err := skipExtension(r); err != nil {
			return false
		}
	}
}

// skipExtension skips the kind and the sub-blocks of an extension. An empty sub-block
// ends it.
func skipExtension(r *bufio.Reader) error {
	if _, err := r.Discard(1); err != nil {
		return err
	}
	for {
		size, err := r.ReadByte()
		if err != nil || size == 0 {
			return err
		}
		if _, err := r.Discard(int(size)); err != nil {
			return err
		}
	}
}

// admit refuses images without pixels or with too many.
func admit(c image.Config, bits int64) error {
	if c.Width <= 0 || c.Height <= 0 {
		return errors.New("it has no pixels")
	}
	if int64(c.Width) > 8*heaviest/bits/int64(c.Height) {
		return errTooHeavy
	}
	return nil
}

// weighPNG counts half as much again, for the passes of an interlaced image.
func weighPNG(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 96
	case color.Gray16Model:
		return 24
	case color.RGBAModel, color.NRGBAModel:
		return 48
	}
	return 16 // grey, or of a palette
}

func weighBMP(m color.Model) int64 {
	if _, ok := m.(color.Palette); ok {
		return 8
	}
	return 32
}
