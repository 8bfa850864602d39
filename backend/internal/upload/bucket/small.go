package bucket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

const (
	// copyAtOnce is the most that S3 copies in one request, and copyPart how much
	// of what is larger.
	copyAtOnce = 5 << 30
	copyPart   = 1 << 30
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
	if err := b.put(contentOf(in.ID), waiting.content(), n); err != nil {
		return in, err
	}
	in.Offset = n
	in.Complete(h, content.DetectType(waiting.content(), in.Path), b.Now())
	return in, nil
}

// small is content that waits to be sent.
type small struct {
	b    *Store
	in   content.Info
	data []byte
}

func (s small) Info() content.Info { return s.in }

func (s small) Sync() error {
	return s.b.put(contentOf(s.in.ID), bytes.NewReader(s.data), s.in.Size)
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

// Flush implements [content.Writer]: an object is there when its request is answered.
func (b *Store) Flush() error { return nil }

// RemoveContent implements [content.Writer].
func (b *Store) RemoveContent(id string) error { return b.delete(contentOf(id)) }

// Lead implements [content.Writer]: nothing can be appended to an object, so the
// final upload begins empty.
func (b *Store) Lead(final, _ content.Info) content.Info { return final }

// Follow implements [content.Writer].
func (b *Store) Follow(content.Info, content.Info) error { return nil }

// Copy implements [content.Writer]. The service copies by itself.
func (b *Store) Copy(ctx context.Context, twin order.Upload, id string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	source := aws.String(url.PathEscape(b.Name) + "/" + (&url.URL{Path: *b.key(contentOf(twin.ID))}).EscapedPath())
	if twin.Size <= copyAtOnce {
		_, err := b.api.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &b.Name, Key: b.key(contentOf(id)), CopySource: source})
		if err != nil {
			return b.fault("copy "+contentOf(twin.ID), err)
		}
	} else if err := b.copyParts(ctx, source, twin.Size, contentOf(id)); err != nil {
		return err
	}
	size, err := b.Size(id)
	if err == nil && size != twin.Size {
		err = fmt.Errorf("%w: the copy has %d bytes of %d", content.ErrDamaged, size, twin.Size)
	}
	if err != nil {
		return errors.Join(err, b.delete(contentOf(id)))
	}
	return nil
}

func (b *Store) copyParts(ctx context.Context, source *string, size int64, name string) error {
	return b.inParts(name, func(uploadID string) ([]content.Segment, error) {
		var parts []content.Segment
		step := max(copyPart, (size+mostParts-1)/mostParts)
		for at := int64(0); at < size; at += step {
			number, end := int32(len(parts)+1), min(size, at+step)
			copied, err := b.api.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: &b.Name, Key: b.key(name), UploadId: &uploadID, PartNumber: &number,
				CopySource: source, CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", at, end-1)),
			})
			if err != nil {
				return nil, b.fault("copy to "+name, err)
			}
			parts = append(parts, content.Segment{Number: number, ETag: aws.ToString(copied.CopyPartResult.ETag), Size: end - at})
		}
		return parts, nil
	})
}

// Adopt implements [content.Writer].
func (b *Store) Adopt(ctx context.Context, u order.Upload, src io.Reader) error {
	h, name, step := sha256.New(), contentOf(u.ID), b.partSizeFor(u.Size)
	var read int64
	// fill receives a part; what comes after the last has to be nothing.
	fill := func() (*spool, error) {
		part, err := b.temp.spool(ctx, min(step, u.Size-read))
		if err != nil {
			return nil, err
		}
		n, err := b.buffers.Copy(ctx, io.MultiWriter(part, h), io.LimitReader(src, min(step, u.Size-read)))
		if read += n; err == nil && (read == u.Size || n < step) {
			more, merr := io.CopyN(io.Discard, src, 1)
			if err = content.ReadError(merr); err == nil {
				err = content.AsRecorded(u, read+more, h.Sum(nil))
			}
		}
		if err != nil {
			part.release()
			return nil, err
		}
		return part, nil
	}
	if u.Size <= step {
		part, err := fill()
		if err != nil {
			return err
		}
		defer part.release()
		return b.put(name, part.content(), u.Size)
	}
	return b.inParts(name, func(uploadID string) (parts []content.Segment, err error) {
		for read < u.Size {
			part, err := fill()
			if err != nil {
				return nil, err
			}
			number := int32(len(parts) + 1)
			etag, err := b.sendPart(name, uploadID, number, part)
			part.release()
			if err != nil {
				return nil, err
			}
			parts = append(parts, content.Segment{Number: number, ETag: etag, Size: part.filled})
		}
		return parts, nil
	})
}
