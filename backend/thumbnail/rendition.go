package thumbnail

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"handover/backend/order"
)

const (
	// renditionSide is the longest side of a rendition in pixels.
	renditionSide    = 2048
	renditionQuality = 85
	// failures bounds the memory, in bytes, for files without a rendition.
	failures = 1 << 20
)

// Picture is a rendition of an image, at most 2048 pixels long and wide.
type Picture struct {
	Content []byte
	Type    string      // image/jpeg; image/png where something is transparent
	Of      image.Point // the upright size of the image in pixels
}

// Renditions makes renditions and keeps them in a folder. It is safe for concurrent
// use.
type Renditions struct {
	maker *Maker
	kept  *shelf
	none  *memory
}

// Renditions returns a maker of renditions, which shares the turns of the maker of
// thumbnails. It keeps renditions in the folder, which it creates if needed, up to
// most bytes. It removes the least recently used renditions first, and all that were
// not used for 30 days.
func (m *Maker) Renditions(folder string, most int64) (*Renditions, error) {
	kept, err := openShelf(folder, most)
	if err != nil {
		return nil, fmt.Errorf("open the folder of renditions: %w", err)
	}
	return &Renditions{maker: m, kept: kept, none: newMemory(failures)}, nil
}

// Of returns the rendition of a file, by its SHA256. It returns nil without an error
// for a file without a rendition: as in [Maker.Of], and for an animation, because a
// rendition would show one image. Errors are as in Maker.Of.
func (r *Renditions) Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) (*Picture, error) {
	decode, ok := decoders[f.Type]
	if !ok {
		return nil, nil
	}
	if picture, known := r.known(f.SHA256); known {
		return picture, nil
	}
	if err := r.maker.take(ctx); err != nil {
		return nil, err
	}
	defer r.maker.release()
	// Another request may have made it while this request waited.
	if picture, known := r.known(f.SHA256); known {
		return picture, nil
	}
	picture, err := paint(ctx, decode, open)
	if err != nil {
		return nil, fmt.Errorf("rendition of %s: %w", f.ID, err)
	}
	if picture == nil {
		r.none.put(f.SHA256, nil)
		return nil, nil
	}
	r.kept.put(f.SHA256, picture)
	return picture, nil
}

// known returns the result of earlier requests.
func (r *Renditions) known(digest string) (picture *Picture, known bool) {
	if _, failed := r.none.get(digest); failed {
		return nil, true
	}
	picture = r.kept.get(digest)
	return picture, picture != nil
}

func paint(ctx context.Context, decode decoder, open func() (io.ReadSeekCloser, error)) (*Picture, error) {
	img, err := small(ctx, decode, open, renditionSide)
	if err != nil || img == nil || img.moving {
		return nil, err
	}
	var out bytes.Buffer
	if img.Opaque() {
		err = jpeg.Encode(&out, img.RGBA, &jpeg.Options{Quality: renditionQuality})
		return &Picture{out.Bytes(), "image/jpeg", img.of}, err
	}
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img.RGBA)
	return &Picture{out.Bytes(), "image/png", img.of}, err
}
