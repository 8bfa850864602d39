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
	raw, err := b.objects.Get(openOf(id))
	done := errors.Is(err, fs.ErrNotExist)
	if done {
		raw, err = b.objects.Get(doneOf(id))
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
func (b *Store) Write(in content.Info) error { return b.putJSON(openOf(in.ID), in) }

func (b *Store) putJSON(name string, in content.Info) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return b.objects.Put(name, bytes.NewReader(raw), int64(len(raw)))
}

// MarkDone implements [content.Infos]. It keeps the parts of a final upload, which
// the ledger does not have.
func (b *Store) MarkDone(in content.Info) error {
	if in.Final() {
		if err := b.putJSON(doneOf(in.ID), in); err != nil {
			return err
		}
	}
	err := b.objects.Delete(openOf(in.ID))
	if in.Spent != "" {
		err = errors.Join(err, b.objects.Delete(in.Spent))
	}
	return err
}

// Remove implements [content.Infos]. It deletes the info first: after an interruption
// no request can reach the other objects, and the janitor finds them.
func (b *Store) Remove(id string) error {
	raw, err := b.objects.Get(openOf(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	errs := []error{b.objects.Delete(openOf(id)), b.objects.Delete(doneOf(id))}
	if uploadID := multipartOf(id, raw); uploadID != "" {
		errs = append(errs, b.objects.Abort(contentOf(id), uploadID))
	}
	if raw != nil {
		errs = append(errs, b.objects.DeleteAll(tailKeys+id+"/"))
	}
	return errors.Join(append(errs, b.objects.Delete(contentOf(id)))...)
}

// multipartOf returns the ID of the multipart upload in an info, or "".
func multipartOf(id string, raw []byte) string {
	in, err := content.ParseInfo(id, raw)
	if err != nil || in.Object == nil {
		return ""
	}
	return in.Object.UploadID
}

// Mend implements [content.Housekeeping]. Lost parts show only when the multipart
// upload is completed.
func (b *Store) Mend(in content.Info) (content.Info, error) { return in, nil }

// Recover implements [content.Housekeeping].
func (b *Store) Recover(ctx context.Context) ([]content.Found, error) {
	var found []content.Found
	for o, err := range b.objects.List(ctx, openKeys) {
		if err != nil {
			return nil, err
		}
		if id, ok := strings.CutSuffix(strings.TrimPrefix(o.Name, openKeys), ".json"); ok && content.ValidID(id) {
			found = append(found, content.Found{ID: id})
		}
	}
	return found, nil
}

// Restore implements [content.Housekeeping]: an info and its objects always agree.
func (b *Store) Restore(in content.Info, _ func(content.Info) error) (content.Info, error) {
	return in, nil
}
