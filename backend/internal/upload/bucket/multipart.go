package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"handover/backend/internal/upload/content"
)

func (b *Store) createMultipart(name string) (uploadID string, err error) {
	ctx, cancel := b.asking()
	defer cancel()
	made, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: b.key(name)})
	if err != nil {
		return "", b.fault("begin "+name, err)
	}
	return aws.ToString(made.UploadId), nil
}

func (b *Store) sendPart(name, uploadID string, number int32, content *spool) (etag string, err error) {
	ctx, cancel := b.sending()
	defer cancel()
	sent, err := b.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &b.Name, Key: b.key(name), UploadId: &uploadID, PartNumber: &number,
		Body: content.content(), ContentLength: &content.filled,
	}, b.unsigned)
	if err != nil && statusOfAnswer(err) == 0 && b.ctx.Err() == nil {
		// A service that takes no more of it may hang up before we hear why.
		if gone := b.known(name, uploadID); noUpload(gone) {
			err = gone
		}
	}
	if err != nil {
		return "", b.fault(fmt.Sprintf("send part %d of %s", number, name), err)
	}
	return aws.ToString(sent.ETag), nil
}

// known returns an error unless the service knows the multipart upload.
func (b *Store) known(name, uploadID string) error {
	ctx, cancel := b.asking()
	defer cancel()
	_, err := b.client.ListParts(ctx, &s3.ListPartsInput{Bucket: &b.Name, Key: b.key(name), UploadId: &uploadID, MaxParts: aws.Int32(1)})
	return err
}

func (b *Store) completeMultipart(name, uploadID string, parts []content.Segment) error {
	ctx, cancel := b.sending()
	defer cancel()
	list := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		list[i] = types.CompletedPart{PartNumber: &p.Number, ETag: &p.ETag}
	}
	_, err := b.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &b.Name, Key: b.key(name), UploadId: &uploadID, MultipartUpload: &types.CompletedMultipartUpload{Parts: list},
	})
	return b.fault("put "+name+" together", err)
}

// together makes the content of an upload, all of whose parts are there, an
// object. It may have become one already, although nobody heard of it.
func (b *Store) together(u *run) error {
	o := u.in.Object
	if o == nil || !u.in.Whole() {
		return nil
	}
	err := b.completeMultipart(contentOf(u.in.ID), o.UploadID, o.Parts)
	size, serr := b.Size(u.in.ID)
	switch {
	case serr != nil:
		return errors.Join(err, serr)
	case size != u.in.Size && err != nil:
		return vanished(err)
	case size != u.in.Size:
		return vanished(fmt.Errorf("%w: the object has %d bytes of %d", content.ErrDamaged, size, u.in.Size))
	}
	in := u.in
	in.Object = nil
	if in.Partial {
		if err := u.commit(in); err != nil {
			return err
		}
	}
	u.in = in
	return nil
}

// lostError is an error that is also [content.ErrLost].
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

func (lostError) Is(target error) bool { return target == content.ErrLost }

// vanished marks errors after which an upload can never be whole: the service has
// lost some of it or ended the multipart upload. The client sends the file again.
func vanished(err error) error {
	if noUpload(err) {
		err = fmt.Errorf("%w: the storage has lost it: %s", content.ErrDamaged, err.Error())
	}
	if errors.Is(err, content.ErrDamaged) {
		return lostError{err}
	}
	return err
}

// Seal implements [content.Writer].
func (b *Store) Seal(in content.Info, commit func(content.Info) error) (content.Info, error) {
	u := &run{in: in, commit: commit}
	if err := b.together(u); err != nil || u.in.Partial || u.in.SHA256 != "" {
		return u.in, err
	}
	if u.in.Size > 0 {
		return u.in, vanished(fmt.Errorf("%w: its digest is not known", content.ErrDamaged))
	}
	if err := b.put(contentOf(u.in.ID), emptyContent{}, 0); err != nil {
		return u.in, err
	}
	u.in.Complete(content.NewDigest(), content.OctetStream, b.Now())
	return u.in, nil
}

// emptyContent is the content of an empty file.
type emptyContent struct{}

func (emptyContent) Read([]byte) (int, error)       { return 0, io.EOF }
func (emptyContent) Seek(int64, int) (int64, error) { return 0, nil }

// listed is an object, or a multipart upload, as a list has it.
type listed struct {
	name     string // without the bucket's prefix
	size     int64
	at       int64  // when it was written or begun, as of [time.Time.Unix]
	uploadID string // of a multipart upload
}

// list yields every object whose name has the prefix. It ends with the first error.
func (b *Store) list(ctx context.Context, prefix string) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: b.key(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(listed{}, b.fault("list "+prefix, err))
				return
			}
			for _, o := range page.Contents {
				if !yield(listed{name: b.nameOf(o.Key), size: aws.ToInt64(o.Size), at: aws.ToTime(o.LastModified).Unix()}, nil) {
					return
				}
			}
		}
	}
}

// listMultipart yields every multipart upload that is not ended. It ends with the
// first error.
func (b *Store) listMultipart(ctx context.Context) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		pages := s3.NewListMultipartUploadsPaginator(b.client, &s3.ListMultipartUploadsInput{Bucket: &b.Name, Prefix: b.key(contentKeys)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(listed{}, b.fault("list multipart uploads", err))
				return
			}
			for _, o := range page.Uploads {
				if !yield(listed{name: b.nameOf(o.Key), at: aws.ToTime(o.Initiated).Unix(), uploadID: aws.ToString(o.UploadId)}, nil) {
					return
				}
			}
		}
	}
}

func (b *Store) nameOf(key *string) string {
	return aws.ToString(key)[len(*b.key("")):]
}
