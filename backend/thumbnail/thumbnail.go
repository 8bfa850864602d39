// Package thumbnail makes small pictures of images: of delivered ones, and of
// those in a draft.
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
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-m.turn }()
	// Somebody may have asked for the same while this one waited.
	if picture, ok := m.made.get(f.SHA256); ok {
		return picture, nil
	}
	picture, err := paint(ctx, decode, open)
	if err != nil {
		return nil, fmt.Errorf("thumbnail of %s: %w", f.ID, err)
	}
	m.made.put(f.SHA256, picture)
	return picture, nil
}

// paint makes one thumbnail; nil when there can be none.
func paint(ctx context.Context, decode decoder, open func() (io.ReadSeekCloser, error)) ([]byte, error) {
	content, err := open()
	if err != nil {
		return nil, err
	}
	defer content.Close() // it was only read
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	from := &source{ctx: limited, from: content}
	img, err := small(from, decode)
	if ctx.Err() != nil {
		return nil, ctx.Err() // nobody waits for it any more
	}
	if from.failed != nil {
		return nil, from.failed
	}
	if err != nil {
		return nil, nil // the image's own fault
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// small decodes an image, of which nothing is left but what it returns.
func small(from *source, decode decoder) (small *image.RGBA, err error) {
	// A decoder that gives up on an image must not take the program with it.
	defer func() {
		if reason := recover(); reason != nil {
			small, err = nil, fmt.Errorf("a decoder gave up: %v", reason)
		}
	}()
	img, turned, err := decode(from)
	if img == nil || err != nil {
		return nil, err
	}
	if size := img.Bounds().Size(); size.X*size.Y > large {
		// The next one would come on top of this one otherwise, for as long as
		// the collector sees no need to run.
		defer debug.FreeOSMemory()
	}
	return onBoard(turned.turn(shrink(img, side))), nil
}
