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

	"handover/backend/order"
)

// object is how far the content of an upload has come in a bucket.
type object struct {
	// UploadID names the multipart upload; "" while there is none.
	UploadID string `json:"upload_id,omitempty"`
	// PartSize is that of all parts but the last: some services ask for that.
	PartSize int64 `json:"part_size"`
	// Parts are those that are there, without a gap between them. Their numbers
	// rise, but may skip some.
	Parts []segment `json:"parts,omitempty"`
	// Next is a number that no part has or can still get from a request under
	// way, and neither has any higher one.
	Next int32 `json:"next"`
	// Tail is the object with the bytes between the parts and the offset; "" when
	// there are none.
	Tail string `json:"tail,omitempty"`
}

type segment struct {
	Number int32  `json:"number"`
	ETag   string `json:"etag"`
	Size   int64  `json:"size"`
}

func (o object) size() (total int64) {
	for _, p := range o.Parts {
		total += p.Size
	}
	return total
}

// read implements [medium].
func (b *bucket) read(id string) (info, error) {
	raw, err := b.get(openOf(id))
	done := errors.Is(err, fs.ErrNotExist)
	if done {
		raw, err = b.get(doneOf(id))
	}
	if err != nil {
		return info{}, fmt.Errorf("read the info of upload %s: %w", id, err)
	}
	in, err := parseInfo(id, raw)
	if err != nil {
		return info{}, err
	}
	o := in.Object
	if o == nil && in.Offset != 0 && !in.whole() || o != nil && (o.size() > in.Offset || o.PartSize <= 0 || (o.size() < in.Offset) != (o.Tail != "")) {
		return info{}, fmt.Errorf("upload %s: %w: its parts contradict its offset", id, errDamaged)
	}
	in.recorded = done
	return in, nil
}

// write implements [medium].
func (b *bucket) write(in info) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return b.put(openOf(in.ID), bytes.NewReader(raw), int64(len(raw)))
}

// markDone implements [medium]. What the ledger does not know is kept.
func (b *bucket) markDone(in info) error {
	if in.final() {
		raw, err := json.Marshal(in)
		if err == nil {
			err = b.put(doneOf(in.ID), bytes.NewReader(raw), int64(len(raw)))
		}
		if err != nil {
			return err
		}
	}
	err := b.delete(openOf(in.ID))
	if in.spent != "" {
		err = errors.Join(err, b.delete(in.spent))
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
	if in, err := parseInfo(id, raw); err == nil && in.Object != nil && in.Object.UploadID != "" {
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
func (b *bucket) mend(in info) (info, error) { return in, nil }

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
		case in.final():
			b.s.assemble(id) // goes on beside the requests
		case in.whole() && !in.Partial:
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
	if isNotFound(err) || err == nil && !in.whole() {
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
		if id, ok := strings.CutSuffix(strings.TrimPrefix(o.name, openKeys), ".json"); ok && validID(id) {
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
func (b *bucket) look(ctx context.Context, id string) (info, bool) {
	in, err := b.s.load(ctx, id)
	switch {
	case isNotFound(err), errors.Is(err, errDamaged), err == nil && in.recorded:
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
