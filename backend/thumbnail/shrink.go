package thumbnail

import (
	"image"
	"image/color"
	"image/draw"
)

// shrink returns the image no larger than side by side. Each pixel is the mean of the
// pixels that it replaces. Small images keep their size. In addition to the result,
// shrink needs memory for one row of the image.
func shrink(src image.Image, side int) *image.RGBA {
	from := src.Bounds()
	w, h := fit(from.Dx(), from.Dy(), side)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	sums := make([]uint64, 4*w)
	for y := range h {
		top, bottom := y*from.Dy()/h, (y+1)*from.Dy()/h
		clear(sums)
		for line := top; line < bottom; line++ {
			draw.Draw(row, row.Rect, src, image.Pt(from.Min.X, from.Min.Y+line), draw.Src)
			add(sums, row.Pix, w)
		}
		mean(out.Pix[y*out.Stride:], sums, from.Dx(), w, uint64(bottom-top))
	}
	return out
}

func fit(w, h, side int) (int, int) {
	longest := max(w, h)
	if longest <= side {
		return w, h
	}
	return max(1, w*side/longest), max(1, h*side/longest)
}

// add adds the pixels of a row to the sums of the w resulting pixels.
func add(sums []uint64, row []uint8, w int) {
	all := len(row) / 4
	for x := range w {
		sum := sums[4*x : 4*x+4]
		for pixel := row[4*(x*all/w) : 4*((x+1)*all/w)]; len(pixel) > 0; pixel = pixel[4:] {
			sum[0] += uint64(pixel[0])
			sum[1] += uint64(pixel[1])
			sum[2] += uint64(pixel[2])
			sum[3] += uint64(pixel[3])
		}
	}
}

func mean(out []uint8, sums []uint64, all, w int, rows uint64) {
	for x := range w {
		n := rows * uint64((x+1)*all/w-x*all/w)
		for i := range 4 {
			out[4*x+i] = uint8((sums[4*x+i] + n/2) / n)
		}
	}
}

// The board behind transparent pixels. White and black logos are both visible on it.
var light, shade = color.RGBA{0xf4, 0xf4, 0xf4, 0xff}, color.RGBA{0xb8, 0xb8, 0xb8, 0xff}

const square = 10

func onBoard(img *image.RGBA) *image.RGBA {
	if img.Opaque() {
		return img
	}
	board := image.NewRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := light
			if (x/square+y/square)%2 == 1 {
				c = shade
			}
			board.SetRGBA(x, y, c)
		}
	}
	draw.Draw(board, board.Rect, img, image.Point{}, draw.Over)
	return board
}
