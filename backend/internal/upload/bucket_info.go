package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// read implements [medium].
func (b *bucket) read(id string) (content.Info, error) {
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

// write implements [medium].
func (b *bucket) write(in content.Info) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return b.put(openOf(in.ID), bytes.NewReader(raw), int64(len(raw)))
}

// markDone implements [medium]. What the ledger does not know is kept.
func (b *bucket) markDone(in content.Info) error {
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

// remove implements [medium], the info first: what is left when that breaks off
// nobody can reach, and the janitor finds it.
func (b *bucket) remove(id string) error {
	raw, err := b.get(openOf(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	errs := []error{b.delete(openOf(id)), b.delete(doneOf(id))}
	if in, err := content.ParseInfo(id, raw); err == nil && in.Object != nil && in.Object.UploadID != "" {
		errs = append(errs, b.abort(contentOf(id), in.Object.UploadID))
	}
	if raw != nil {
		errs = append(errs, b.each(b.ctx, tailKeys+id+"/", func(o listed) error { return b.delete(o.name) }))
	}
	return errors.Join(append(errs, b.delete(contentOf(id)))...)
}

func (b *bucket) abort(name, uploadID string) error {
	ctx, cancel := b.asking()
	defer cancel()
	_, err := b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.Name, Key: b.key(name), UploadId: &uploadID})
	if noUpload(err) {
		return nil
	}
	return b.fault("end the multipart upload of "+name, err)
}

// mend implements [medium]: parts that were lost show when they are needed.
func (b *bucket) mend(in content.Info) (content.Info, error) { return in, nil }

// surveyors is how many infos are read at once.
const surveyors = 16

// recover implements [medium]. Other servers may be at work, so nothing is
// touched without its lock.
func (b *bucket) recover(ctx context.Context) error {
	if err := b.survey(ctx); err != nil {
		return err
	}
	for _, id := range b.s.open.ids() {
		in, _ := b.s.open.get(id)
		switch {
		case in.Final():
			b.s.assemble(id) // goes on beside the requests
		case in.Whole() && !in.Partial:
			if err := b.s.locked(ctx, id, func() error { return b.finish(ctx, id) }); err != nil {
				b.s.Log.Error("an upload is whole but could not be recorded", "upload", id, "error", err)
			}
		}
	}
	return nil
}

// finish records an upload that is whole. The lock is held.
func (b *bucket) finish(ctx context.Context, id string) error {
	in, err := b.s.load(ctx, id)
	if content.IsNotFound(err) || err == nil && !in.Whole() {
		return nil // it was removed meanwhile
	}
	if err != nil {
		return err
	}
	return (&stored{s: b.s, in: in}).finish(ctx)
}

// survey implements [medium].
func (b *bucket) survey(ctx context.Context) error {
	gone := map[string]bool{}
	for _, id := range b.s.open.ids() {
		gone[id] = true
	}
	var readers sync.WaitGroup
	ids := make(chan string)
	for range surveyors {
		readers.Go(func() {
			for id := range ids {
				b.look(ctx, id)
			}
		})
	}
	err := b.each(ctx, openKeys, func(o listed) error {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(o.name, openKeys), ".json"); ok && content.ValidID(id) {
			delete(gone, id)
			ids <- id
		}
		return nil
	})
	close(ids)
	readers.Wait()
	if err != nil {
		return err
	}
	for id := range gone {
		b.s.open.drop(id)
	}
	return nil
}

// look implements [medium].
func (b *bucket) look(ctx context.Context, id string) (content.Info, bool) {
	in, err := b.s.load(ctx, id)
	switch {
	case content.IsNotFound(err), errors.Is(err, content.ErrDamaged), err == nil && in.Recorded:
		b.s.open.drop(id)
	case err != nil:
		b.s.Log.Error("an upload could not be looked at", "upload", id, "error", err)
	default:
		b.s.open.put(in)
		return in, true
	}
	return in, false
}

// get reads a small object.
func (b *bucket) get(name string) ([]byte, error) {
	ctx, cancel := b.sending()
	defer cancel()
	got, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: b.key(name)})
	if err != nil {
		return nil, b.fault("read "+name, err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	return raw, b.fault("read "+name, err)
}

// put writes an object; whoever reads it gets the old one or the new one.
func (b *bucket) put(name string, content io.ReadSeeker, size int64) error {
	ctx, cancel := b.sending()
	defer cancel()
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.Name, Key: b.key(name), Body: content, ContentLength: &size}, b.unsigned)
	return b.fault("write "+name, err)
}

// delete removes an object, which need not be there.
func (b *bucket) delete(name string) error {
	ctx, cancel := b.asking()
	defer cancel()
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.Name, Key: b.key(name)})
	if err = b.fault("remove "+name, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// share implements [medium]: what costs a bucket space is its owner's to decide.
func (b *bucket) share(context.Context, order.Upload) (int64, error) { return 0, nil }
