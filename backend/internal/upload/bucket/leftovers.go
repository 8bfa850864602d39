package bucket

import (
	"context"
	"iter"
	"strings"
	"time"

	"handover/backend/internal/upload/bucket/objects"
	"handover/backend/internal/upload/content"
)

// Frees implements [content.Housekeeping].
func (b *Store) Frees(in content.Info) int64 { return in.Offset }

// Leftovers implements [content.Housekeeping]. Two servers may remove the same
// leftovers: deleting a missing object is not an error.
func (b *Store) Leftovers(ctx context.Context, before time.Time) iter.Seq2[content.Leftover, error] {
	always := func(content.Info) bool { return true }
	kinds := []struct {
		objects  iter.Seq2[objects.Listed, error]
		describe func(o objects.Listed, l *content.Leftover)
	}{
		{b.objects.List(ctx, contentKeys), func(_ objects.Listed, l *content.Leftover) { l.Content, l.NeededBy = true, always }},
		{b.objects.List(ctx, tailKeys), func(o objects.Listed, l *content.Leftover) {
			l.NeededBy = func(in content.Info) bool { return in.Object != nil && in.Object.Tail == o.Name }
		}},
		{b.objects.List(ctx, openKeys), func(_ objects.Listed, l *content.Leftover) { l.Info, l.NeededBy = true, always }},
		{b.objects.List(ctx, doneKeys), func(_ objects.Listed, l *content.Leftover) { l.NeededBy = always }},
		{b.objects.ListMultipart(ctx, contentKeys), func(o objects.Listed, l *content.Leftover) {
			l.NeededBy = func(in content.Info) bool { return in.Object != nil && in.Object.UploadID == o.UploadID }
			l.Remove = func() error { return b.objects.Abort(o.Name, o.UploadID) }
		}},
		{b.objects.List(ctx, objects.ProbePrefix), func(_ objects.Listed, l *content.Leftover) { l.ID = "" }},
	}
	return func(yield func(content.Leftover, error) bool) {
		for _, k := range kinds {
			for o, err := range k.objects {
				if err != nil {
					if !yield(content.Leftover{}, err) {
						return
					}
					continue
				}
				l := content.Leftover{
					ID: idIn(o.Name), Frees: func() int64 { return o.Size }, Remove: func() error { return b.objects.Delete(o.Name) },
				}
				if o.At >= before.Unix() || !content.ValidID(l.ID) {
					continue
				}
				k.describe(o, &l)
				if !yield(l, nil) {
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
