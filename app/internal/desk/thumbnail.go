package desk

import (
	"context"

	"handover/app/internal/draft"
)

// Thumbnail returns a small JPEG of an image in the draft; nil when the file is
// none, cannot be read, or would take too much to show.
func (d *Desk) Thumbnail(ctx context.Context, id, path string) ([]byte, error) {
	f, err := d.drafts.File(id, path)
	if isNoFile(err) || err == nil && (f.Source == "" || f.State == draft.Settling) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return d.thumbs.Of(ctx, f.Source), nil
}
