package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/backend/order"
)

// thumbnails is how many bytes of them are remembered.
const thumbnails = 8 << 20

// Thumbnail returns a small JPEG of an image in the draft; nil when the file is
// none, cannot be read, or would take too much to show.
func (d *Desk) Thumbnail(ctx context.Context, id, path string) ([]byte, error) {
	f, err := d.drafts.File(id, path)
	if errors.Is(err, draft.ErrNoFile) || err == nil && (f.Source == "" || f.State == draft.Settling) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	source, err := content.Open(f.Source)
	if err != nil {
		return nil, nil
	}
	defer source.Close()
	version, err := content.Of(source)
	if err != nil {
		return nil, nil
	}
	head := make([]byte, 512)
	n, err := source.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil
	}
	image := order.File{
		ID: f.Source, Type: http.DetectContentType(head[:n]),
		SHA256: fmt.Sprint(f.Source, version), // it may have none yet
	}
	picture, err := d.thumbs.Of(ctx, image, func() (io.ReadSeekCloser, error) { return content.Open(f.Source) })
	if err != nil {
		return nil, ctx.Err() // what cannot be read has none
	}
	return picture, nil
}
