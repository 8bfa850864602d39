package thumbnail

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // decodes it
	"image/jpeg"
	_ "image/png" // decodes it
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decodes it
)

var errTooMuch = errors.New("decoding the image would take too much memory")

// shrink decodes the image and returns its middle as a JPEG, upright.
func shrink(ctx context.Context, f io.ReadSeeker) ([]byte, error) {
	read := func() (io.Reader, error) {
		_, err := f.Seek(0, io.SeekStart)
		return bufio.NewReader(bounded{ctx, io.LimitReader(f, maxFile)}), err
	}
	r, err := read()
	if err != nil {
		return nil, err
	}
	config, format, err := image.DecodeConfig(r)
	if err != nil {
		return nil, err
	}
	looks := header{turn: 1}
	if format == "jpeg" {
		if r, err = read(); err == nil {
			looks, err = readHeader(r)
		}
	}
	if err == nil && cost(config, format, looks) > maxMemory {
		err = errTooMuch
	}
	if err != nil {
		return nil, err
	}
	if r, err = read(); err != nil {
		return nil, err
	}
	whole, _, err := image.Decode(r)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, upright(middle(whole), looks.turn), &jpeg.Options{Quality: 80})
	return out.Bytes(), err
}

// cost is about how many bytes decoding takes.
func cost(c image.Config, format string, h header) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case c.Width <= 0 || c.Height <= 0 || pixels/int64(c.Width) != int64(c.Height):
		return maxMemory + 1
	case format == "jpeg" && h.progressive:
		return pixels * 16 // its coefficients are kept as well
	case format == "jpeg":
		return pixels * 4
	case format == "gif":
		return pixels * 2
	}
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return pixels * 16
	case color.GrayModel:
		return pixels * 2
	}
	return pixels * 8 // twice, as an interlaced one is put together
}

// middle is the largest square in the middle of the image, small, over a
// pattern that shows where the image lets through.
func middle(whole image.Image) *image.RGBA {
	b := whole.Bounds()
	side := min(b.Dx(), b.Dy())
	from := image.Pt(b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2)
	small := image.NewRGBA(image.Rect(0, 0, Side, Side))
	for y := range Side {
		for x := range Side {
			shade := uint8(0xff)
			if (x/9+y/9)%2 == 1 {
				shade = 0xdf
			}
			small.SetRGBA(x, y, color.RGBA{shade, shade, shade, 0xff})
		}
	}
	square := image.Rectangle{from, from.Add(image.Pt(side, side))}
	draw.CatmullRom.Scale(small, small.Bounds(), whole, square, draw.Over, nil)
	return small
}

// upright turns the image as its orientation (Exif, 1 to 8) says.
func upright(in *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return in
	}
	last := Side - 1
	out := image.NewRGBA(in.Bounds())
	for y := range Side {
		for x := range Side {
			fromX, fromY := x, y
			if orientation >= 5 { // its rows are columns
				fromX, fromY = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				fromX = last - fromX
			}
			switch orientation {
			case 3, 4, 6, 7:
				fromY = last - fromY
			}
			out.SetRGBA(x, y, in.RGBAAt(fromX, fromY))
		}
	}
	return out
}
