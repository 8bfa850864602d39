package bucket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Take implements [content.Writer]: one object, and no info.
func (b *Store) Take(ctx context.Context, in content.Info, src io.Reader) (content.Info, error) {
	waiting, err := b.spool(ctx, in.Size)
	if err != nil {
		return in, err
	}
	defer waiting.release()
	h := content.NewDigest()
	n, err := b.buffers.Copy(context.WithoutCancel(ctx), io.MultiWriter(waiting, h), src)
	if err != nil {
		return in, err
	}
	if n != in.Size {
		return in, content.ErrIncomplete
	}
	if err := b.objects.Put(contentOf(in.ID), waiting.content(), n); err != nil {
		return in, err
	}
	in.Offset = n
	in.Complete(h, content.DetectType(waiting.content(), in.Path), b.Now())
	return in, nil
}

// small is content that Sync will send.
type small struct {
	b    *Store
	in   content.Info
	data []byte
}

func (s small) Info() content.Info { return s.in }

func (s small) Sync() error {
	return s.b.objects.Put(contentOf(s.in.ID), bytes.NewReader(s.data), s.in.Size)
}

func (small) Close() {}

// Keep implements [content.Writer].
func (b *Store) Keep(in content.Info, data []byte) (content.Small, error) {
	h := content.NewDigest()
	h.Write(data)
	in.Offset = in.Size
	in.Complete(h, content.DetectType(bytes.NewReader(data), in.Path), b.Now())
	return small{b, in, slices.Clone(data)}, nil
}

// Flush implements [content.Writer]. The answer to a request already means that the
// object is durable.
func (b *Store) Flush() error { return nil }

// RemoveContent implements [content.Writer].
func (b *Store) RemoveContent(id string) error { return b.objects.Delete(contentOf(id)) }

// Lead implements [content.Writer]. S3 cannot append to an object, so the final
// upload begins empty.
func (b *Store) Lead(final, _ content.Info) content.Info { return final }

// Follow implements [content.Writer].
func (b *Store) Follow(content.Info, content.Info) error { return nil }

// Copy implements [content.Writer]. The bytes stay inside the service.
func (b *Store) Copy(ctx context.Context, twin order.Upload, id string) error {
	if err := b.objects.Copy(ctx, contentOf(twin.ID), contentOf(id), twin.Size); err != nil {
		return err
	}
	if err := b.checkSize(id, twin.Size); err != nil {
		return errors.Join(err, b.objects.Delete(contentOf(id)))
	}
	return nil
}

func (b *Store) checkSize(id string, want int64) error {
	size, err := b.Size(id)
	if err != nil {
		return err
	}
	if size != want {
		return fmt.Errorf("%w: the copy has %d bytes of %d", content.ErrDamaged, size, want)
	}
	return nil
}

// Adopt implements [content.Writer].
func (b *Store) Adopt(ctx context.Context, u order.Upload, src io.Reader) error {
	a := &adopting{b: b, u: u, src: src, hash: sha256.New(), step: b.partSizeFor(u.Size)}
	name := contentOf(u.ID)
	if u.Size <= a.step {
		part, err := a.next(ctx)
		if err != nil {
			return err
		}
		defer part.release()
		return b.objects.Put(name, part.content(), u.Size)
	}
	return b.objects.InParts(name, func(uploadID string) (parts []content.Segment, err error) {
		for a.read < u.Size {
			part, err := a.next(ctx)
			if err != nil {
				return nil, err
			}
			number := int32(len(parts) + 1)
			etag, err := b.objects.SendPart(name, uploadID, number, part.content(), part.filled)
			part.release()
			if err != nil {
				return nil, err
			}
			parts = append(parts, content.Segment{Number: number, ETag: etag, Size: part.filled})
		}
		return parts, nil
	})
}

// adopting is one run of Adopt.
type adopting struct {
	b    *Store
	u    order.Upload
	src  io.Reader
	hash hash.Hash
	step int64 // size of all parts but the last
	read int64
}

// next reads a part. With the last part, it compares the content with the record.
func (a *adopting) next(ctx context.Context) (*spool, error) {
	part, err := a.b.temp.spool(ctx, min(a.step, a.u.Size-a.read))
	if err != nil {
		return nil, err
	}
	if err := a.fill(ctx, part); err != nil {
		part.release()
		return nil, err
	}
	return part, nil
}

func (a *adopting) fill(ctx context.Context, part *spool) error {
	n, err := a.b.buffers.Copy(ctx, io.MultiWriter(part, a.hash), io.LimitReader(a.src, min(a.step, a.u.Size-a.read)))
	a.read += n
	if err != nil {
		return err
	}
	if a.read < a.u.Size && n == a.step {
		return nil
	}
	// The content must end here.
	more, err := io.CopyN(io.Discard, a.src, 1)
	if err := content.ReadError(err); err != nil {
		return err
	}
	return content.AsRecorded(a.u, a.read+more, a.hash.Sum(nil))
}
