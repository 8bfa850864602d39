// Package thumbnail makes small pictures of images, delivered ones and those in
// a draft, and renditions of delivered images, which fill a screen.
//
// Every image may be hostile, and decoding can need far more memory and time than
// the size of the file suggests. So the package estimates the memory from the header
// before it decodes an image, decodes one image at a time within a time limit, and
// caches results and failures by the content's digest.
package thumbnail

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"runtime/debug"
	"time"

	"handover/backend/order"
)

const (
	// side is the longest side of a thumbnail in pixels: a list shows it a
	// quarter as large on a plain screen, half as large on a dense one.
	side = 160
	// longest is how long one image may take. The largest admitted images usually
	// take three seconds.
	longest = 15 * time.Second
	quality = 80
	// large is the number of pixels above which an image's memory is collected
	// immediately.
	large = 8_000_000
)

// Maker makes and caches thumbnails. It is safe for concurrent use.
type Maker struct {
	made *memory
	turn chan struct{} // held during decoding
}

// New returns a maker that caches thumbnails up to most bytes. A thumbnail takes
// about 5 kB.
func New(most int) *Maker {
	return &Maker{made: newMemory(most), turn: make(chan struct{}, 1)}
}

// Of returns the thumbnail of a file as JPEG. The file's SHA256 may be any string that
// identifies its content. Of returns nil without an error for a file without a
// thumbnail: of another type, too large, damaged, or in an unknown form. Its errors
// are those of the context and of reading the content; after an error, the next call
// tries again.
//
// Of opens the content only if it must read it, and closes it.
func (m *Maker) Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) ([]byte, error) {
	decode, ok := decoders[f.Type]
	if !ok {
		return nil, nil
	}
	if picture, ok := m.made.get(f.SHA256); ok {
		return picture, nil
	}
	if err := m.take(ctx); err != nil {
		return nil, err
	}
	defer m.release()
	// Another request may have made it while this request waited.
	if picture, ok := m.made.get(f.SHA256); ok {
		return picture, nil
	}
	img, err := small(ctx, decode, open, side)
	if err != nil {
		return nil, fmt.Errorf("thumbnail of %s: %w", f.ID, err)
	}
	picture, err := asThumbnail(img)
	if err != nil {
		return nil, err
	}
	m.made.put(f.SHA256, picture)
	return picture, nil
}

// take waits for the turn to decode.
func (m *Maker) take(ctx context.Context) error {
	select {
	case m.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *Maker) release() { <-m.turn }

func asThumbnail(img *shrunk) ([]byte, error) {
	if img == nil {
		return nil, nil
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, onBoard(img.RGBA), &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

// shrunk is an upright image within the size limit.
type shrunk struct {
	*image.RGBA
	of     image.Point // the size of the original image
	moving bool        // it is the first image of an animation
}

// small decodes and shrinks an image. It returns nil without an error for a damaged
// image.
func small(ctx context.Context, decode decoder, open func() (io.ReadSeekCloser, error), side int) (*shrunk, error) {
	content, err := open()
	if err != nil {
		return nil, err
	}
	defer content.Close() // it was only read
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	from := &source{ctx: limited, from: content}
	img, err := shrinkDecoded(from, decode, side)
	if ctx.Err() != nil {
		return nil, ctx.Err() // the request was cancelled
	}
	if from.failed != nil {
		return nil, from.failed
	}
	if err != nil {
		return nil, nil // the image is damaged
	}
	return img, nil
}

// shrinkDecoded decodes an image and keeps only the result.
func shrinkDecoded(from *source, decode decoder, side int) (small *shrunk, err error) {
	// A panic of a decoder must not end the program.
	defer func() {
		if reason := recover(); reason != nil {
			small, err = nil, fmt.Errorf("a decoder gave up: %v", reason)
		}
	}()
	img, err := decode(from)
	if err != nil {
		return nil, err
	}
	size := img.Bounds().Size()
	if size.X*size.Y > large {
		// Otherwise the memory of the next image would be added to this image's
		// memory until the collector runs.
		defer debug.FreeOSMemory()
	}
	return &shrunk{img.orientation.turn(shrink(img.Image, side)), img.orientation.size(size), img.moving}, nil
}
