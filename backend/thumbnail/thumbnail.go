// Package thumbnail makes small pictures of images, delivered ones and those in
// a draft, and renditions of delivered images, which fill a screen.
//
// Every image is the work of a stranger, and decoding one can cost far more
// memory and time than its size tells. So an image is weighed by its header
// before any of it is decoded, images are decoded one at a time, each for so
// long and no longer, and what was made is remembered by the content's digest,
// the failures too.
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
	// longest is how long one image may take: some three seconds are usual for
	// the largest that are let in.
	longest = 15 * time.Second
	quality = 80
	// large is from how many pixels on an image is worth collecting at once.
	large = 8_000_000
)

// Maker makes thumbnails and remembers them. It is safe to use by many at once.
type Maker struct {
	made *memory
	turn chan struct{} // held by who decodes
}

// New returns a maker that remembers as many thumbnails as fit into most bytes;
// they take some 5 kB each.
func New(most int) *Maker {
	return &Maker{made: newMemory(most), turn: make(chan struct{}, 1)}
}

// Of returns the thumbnail of a file as JPEG. Its SHA256 may be whatever else
// tells its content from any other. It is nil, and no error,
// for a file that has none: of another kind, too large, damaged, or in a form
// that is not understood. Errors are the context's, and those of opening and
// reading the content; asked again, the maker then tries again.
//
// The content is opened only when it has to be read, and closed again.
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
	// Somebody may have asked for the same while this one waited.
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

// take waits until no other image is being decoded.
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

// shrunk is an image as it is to be seen, no larger than it may be.
type shrunk struct {
	*image.RGBA
	of     image.Point // the size of the whole image
	moving bool        // it is the first image of an animation
}

// small decodes and shrinks an image. It is nil, and no error, when the image is
// at fault.
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
		return nil, ctx.Err() // nobody waits for it any more
	}
	if from.failed != nil {
		return nil, from.failed
	}
	if err != nil {
		return nil, nil // the image's own fault
	}
	return img, nil
}

// shrinkDecoded decodes an image, of which nothing is left but what it returns.
func shrinkDecoded(from *source, decode decoder, side int) (small *shrunk, err error) {
	// A decoder that gives up on an image must not take the program with it.
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
		// The next one would come on top of this one otherwise, for as long as
		// the collector sees no need to run.
		defer debug.FreeOSMemory()
	}
	return &shrunk{img.orientation.turn(shrink(img.Image, side)), img.orientation.size(size), img.moving}, nil
}
