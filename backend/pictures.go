package backend

import (
	"context"
	"io"

	"handover/backend/internal/download"
	"handover/backend/order"
	"handover/backend/thumbnail"
)

const (
	// thumbnails is how many bytes of thumbnails the server remembers: some three
	// thousand of them.
	thumbnails = 16 << 20
	// mostRenditions is how many bytes of renditions are kept in the data folder:
	// some thousand of them.
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
