package upload

import (
	"context"
	"errors"
	"strings"

	"handover/backend/internal/upload/content"
)

// frees implements [medium].
func (b *bucket) frees(in content.Info) int64 { return in.Offset }

// leftovers implements [medium]. Two servers may do this at once: what the other
// has removed is not there any more, which is no error.
func (b *bucket) leftovers(ctx context.Context, w *sweep) error {
	old := func(o listed) bool { return o.at < w.before.Unix() && ctx.Err() == nil }
	look := func(belongs func(in content.Info, o listed) bool, remove func(o listed) error) func(listed) error {
		return func(o listed) error {
			_, rest, _ := strings.Cut(o.name, "/")
			id, _, _ := strings.Cut(strings.TrimSuffix(rest, ".json"), "/")
			if !old(o) || !content.ValidID(id) || b.recorded(ctx, id) && o.uploadID == "" && strings.HasPrefix(o.name, contentKeys) {
				return ctx.Err()
			}
			w.fail(id, w.locked(ctx, id, func() error { return b.leftover(ctx, w, id, o, belongs, remove) }))
			return nil
		}
	}
	remove := func(o listed) error { return b.delete(o.name) }
	return errors.Join(
		b.each(ctx, contentKeys, look(func(content.Info, listed) bool { return true }, remove)),
		b.each(ctx, tailKeys, look(func(in content.Info, o listed) bool { return in.Object != nil && in.Object.Tail == o.name }, remove)),
		b.each(ctx, openKeys, look(func(in content.Info, _ listed) bool { return !b.recorded(ctx, in.ID) }, remove)),
		b.each(ctx, doneKeys, look(func(content.Info, listed) bool { return true }, remove)),
		b.eachMultipart(ctx, look(
			func(in content.Info, o listed) bool { return in.Object != nil && in.Object.UploadID == o.uploadID },
			func(o listed) error { return b.abort(o.name, o.uploadID) })),
		b.each(ctx, probeKey, func(o listed) error {
			if !old(o) || w.dry {
				return nil
			}
			return b.delete(o.name)
		}),
	)
}

// recorded reports whether the ledger has an upload, as far as it can be asked.
func (b *bucket) recorded(ctx context.Context, id string) bool {
	_, err := b.s.Ledger.Upload(ctx, id)
	return !content.IsNotFound(err)
}

// leftover removes an object unless the upload that it is of has it.
func (b *bucket) leftover(ctx context.Context, w *sweep, id string, o listed, belongs func(content.Info, listed) bool, remove func(listed) error) error {
	in, err := b.s.load(ctx, id)
	if err == nil && belongs(in, o) || err != nil && !content.IsNotFound(err) {
		return err
	}
	if !w.dry {
		if err := remove(o); err != nil {
			return err
		}
	}
	w.done.Leftovers++
	w.done.Bytes += o.size
	return nil
}
