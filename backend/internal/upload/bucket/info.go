package bucket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"handover/backend/internal/upload/content"
)

// Read implements [content.Infos].
func (b *Store) Read(id string) (content.Info, error) {
	raw, err := b.get(openOf(id))
	done := errors.Is(err, fs.ErrNotExist)
	if done {
		raw, err = b.get(doneOf(id))
	}
	if err != nil {
		return content.Info{}, fmt.Errorf("read the info of upload %s: %w", id, err)
	}
	in, err := content.ParseInfo(id, raw)
	if err != nil {
		return content.Info{}, err
	}
	o := in.Object
	if o == nil && in.Offset != 0 && !in.Whole() || o != nil && (o.Size() > in.Offset || o.PartSize <= 0 || (o.Size() < in.Offset) != (o.Tail != "")) {
		return content.Info{}, fmt.Errorf("upload %s: %w: its parts contradict its offset", id, content.ErrDamaged)
	}
	in.Recorded = done
	return in, nil
}

// Write implements [content.Infos].
func (b *Store) Write(in content.Info) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return b.put(openOf(in.ID), bytes.NewReader(raw), int64(len(raw)))
}

// MarkDone implements [content.Infos]. What the ledger does not know is kept.
func (b *Store) MarkDone(in content.Info) error {
	if in.Final() {
		raw, err := json.Marshal(in)
		if err == nil {
			err = b.put(doneOf(in.ID), bytes.NewReader(raw), int64(len(raw)))
		}
		if err != nil {
			return err
		}
	}
	err := b.delete(openOf(in.ID))
	if in.Spent != "" {
		err = errors.Join(err, b.delete(in.Spent))
	}
	return err
}

// Remove implements [content.Infos], the info first: what is left when that breaks off
// nobody can reach, and the janitor finds it.
func (b *Store) Remove(id string) error {
	raw, err := b.get(openOf(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	errs := []error{b.delete(openOf(id)), b.delete(doneOf(id))}
	if in, err := content.ParseInfo(id, raw); err == nil && in.Object != nil && in.Object.UploadID != "" {
		errs = append(errs, b.abort(contentOf(id), in.Object.UploadID))
	}
	if raw != nil {
		errs = append(errs, b.deleteAll(tailKeys+id+"/"))
	}
	return errors.Join(append(errs, b.delete(contentOf(id)))...)
}

// Mend implements [content.Housekeeping]: parts that were lost show when they are needed.
func (b *Store) Mend(in content.Info) (content.Info, error) { return in, nil }

// Recover implements [content.Housekeeping].
func (b *Store) Recover(ctx context.Context) ([]content.Found, error) {
	var found []content.Found
	for o, err := range b.list(ctx, openKeys) {
		if err != nil {
			return nil, err
		}
		if id, ok := strings.CutSuffix(strings.TrimPrefix(o.name, openKeys), ".json"); ok && content.ValidID(id) {
			found = append(found, content.Found{ID: id})
		}
	}
	return found, nil
}

// Restore implements [content.Housekeeping]: an info and its objects always agree.
func (b *Store) Restore(in content.Info, _ func(content.Info) error) (content.Info, error) {
	return in, nil
}
