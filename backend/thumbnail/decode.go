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

	"golang.org/x/image/webp"
)

// heaviest is how many bytes decoding one image may take: 190 megapixels of a
// grey JPEG, 67 of a photograph, 26 of a progressive one, 33 of a PNG, 28 of a
// WebP.
const heaviest = 192 << 20

// A decoder decodes an image that is not too heavy, and returns how it is to be
// turned.
type decoder func(*source) (image.Image, orientation, error)

// decoders are by the type that was told from the content. What is called
// directly cannot be replaced, as image.Decode's formats could.
var decoders = map[string]decoder{
	"image/jpeg": decodeJPEG,
	"image/png":  upright(png.DecodeConfig, png.Decode, weighPNG), "image/apng": upright(png.DecodeConfig, png.Decode, weighPNG),
	"image/vnd.mozilla.apng": upright(png.DecodeConfig, png.Decode, weighPNG),
	"image/gif":              upright(gif.DecodeConfig, gif.Decode, func(color.Model) int64 { return 8 }),
	"image/webp":             upright(webp.DecodeConfig, webp.Decode, func(color.Model) int64 { return 56 }),
}

var errTooHeavy = errors.New("decoding it would take too much memory")

// upright decodes what carries no orientation. weigh says how many bits a pixel
// takes at most while it is decoded.
func upright(config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error), weigh func(color.Model) int64) decoder {
	return func(s *source) (image.Image, orientation, error) {
		c, err := config(bufio.NewReader(s))
		if err != nil {
			return nil, 0, err
		}
		if err := admit(c, weigh(c.ColorModel)); err != nil {
			return nil, 0, err
		}
		if err := s.again(); err != nil {
			return nil, 0, err
		}
		img, err := decode(bufio.NewReaderSize(s, bufferSize))
		return img, 0, err
	}
}

// bufferSize is how much is read between two looks at the time.
const bufferSize = 64 << 10

func decodeJPEG(s *source) (image.Image, orientation, error) {
	h, err := readJPEGHeader(bufio.NewReader(s))
	if err != nil {
		return nil, 0, err
	}
	if err := s.again(); err != nil {
		return nil, 0, err
	}
	c, err := jpeg.DecodeConfig(bufio.NewReader(s))
	if err != nil {
		return nil, 0, err
	}
	if err := admit(c, h.bits); err != nil {
		return nil, 0, err
	}
	if err := s.again(); err != nil {
		return nil, 0, err
	}
	img, err := jpeg.Decode(bufio.NewReaderSize(s, bufferSize))
	return img, h.orientation, err
}

// admit refuses what has no pixels, or too many.
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
