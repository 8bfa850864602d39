package bucket

import (
	"context"
	"iter"
	"strings"
	"time"

	"handover/backend/internal/upload/content"
)

// Frees implements [content.Housekeeping].
func (b *Store) Frees(in content.Info) int64 { return in.Offset }

// Leftovers implements [content.Housekeeping]. Two servers may remove them at the
// same time: an object that is gone already is no error.
func (b *Store) Leftovers(ctx context.Context, before time.Time) iter.Seq2[content.Leftover, error] {
	always := func(content.Info) bool { return true }
	kinds := []struct {
		objects iter.Seq2[listed, error]
		of      func(o listed, l *content.Leftover)
	}{
		{b.list(ctx, contentKeys), func(_ listed, l *content.Leftover) { l.Content, l.NeededBy = true, always }},
		{b.list(ctx, tailKeys), func(o listed, l *content.Leftover) {
			l.NeededBy = func(in content.Info) bool { return in.Object != nil && in.Object.Tail == o.name }
		}},
		{b.list(ctx, openKeys), func(_ listed, l *content.Leftover) { l.Info, l.NeededBy = true, always }},
		{b.list(ctx, doneKeys), func(_ listed, l *content.Leftover) { l.NeededBy = always }},
		{b.listMultipart(ctx), func(o listed, l *content.Leftover) {
			l.NeededBy = func(in content.Info) bool { return in.Object != nil && in.Object.UploadID == o.uploadID }
			l.Remove = func() error { return b.abort(o.name, o.uploadID) }
		}},
		{b.list(ctx, probeKey), func(_ listed, l *content.Leftover) { l.ID = "" }},
	}
	return func(yield func(content.Leftover, error) bool) {
		for _, k := range kinds {
			for o, err := range k.objects {
				l := content.Leftover{
					ID: idIn(o.name), Frees: func() int64 { return o.size }, Remove: func() error { return b.delete(o.name) },
				}
				if err == nil {
					if o.at >= before.Unix() || !content.ValidID(l.ID) {
						continue
					}
					k.of(o, &l)
				}
				if !yield(l, err) {
					return
				}
			}
		}
	}
}

// idIn returns the ID in the name of an object.
func idIn(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	id, _, _ := strings.Cut(strings.TrimSuffix(rest, ".json"), "/")
	return id
}
