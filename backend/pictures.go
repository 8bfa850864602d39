package backend

import (
	"context"
	"io"

	"handover/backend/internal/download"
	"handover/backend/order"
	"handover/backend/thumbnail"
)

const (
	// thumbnails is the size of the thumbnail cache in bytes, enough for about three
	// thousand.
	thumbnails = 16 << 20
	// mostRenditions bounds the renditions in the data folder, in bytes: about a
	// thousand.
	mostRenditions = 512 << 20
	// renditionsDir is their folder. It may be deleted while the server is down.
	renditionsDir = "renditions"
)

// renditions are made by package thumbnail and served by package download.
type renditions struct{ made *thumbnail.Renditions }

// Of implements [delivered.Renditions].
func (r renditions) Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) (*download.Picture, error) {
	picture, err := r.made.Of(ctx, f, open)
	return (*download.Picture)(picture), err
}
