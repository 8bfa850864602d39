package thumbnail

import (
	"bytes"
	"image"
)

// orientation is how the camera was held: the value of the EXIF tag, 1 to 8, or 0
// without a tag.
type orientation int

// orientationTag and short are of TIFF 6.0, which EXIF is.
const (
	orientationTag = 0x0112
	short          = 3
)

// exifStart comes before EXIF in a JPEG, and in a WebP by some programs.
const exifStart = "Exif\x00\x00"

// exifOrientation reads the tag from EXIF; 0 when it is missing or nonsense.
func exifOrientation(exif []byte) orientation {
	tags, err := readTIFFTags(bytes.NewReader(exif))
	if err != nil {
		return 0
	}
	return tags.orientation()
}

// turn returns the image upright.
func (o orientation) turn(img *image.RGBA) *image.RGBA {
	if o <= 1 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := o.size(img.Rect.Size())
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			from := o.from(x, y, w, h)
			out.SetRGBA(x, y, img.RGBAAt(from.X, from.Y))
		}
	}
	return out
}

// size returns the upright size of a stored image.
func (o orientation) size(stored image.Point) image.Point {
	if o >= 5 {
		return image.Pt(stored.Y, stored.X)
	}
	return stored
}

// from returns the position in the stored image, of size w by h, of a pixel of the
// upright image.
func (o orientation) from(x, y, w, h int) image.Point {
	switch o {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(y, h-1-x)
	case 7:
		return image.Pt(w-1-y, h-1-x)
	case 8:
		return image.Pt(w-1-y, x)
	}
	return image.Pt(x, y)
}
