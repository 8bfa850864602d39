package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"handover/backend/internal/upload/content"
)

// client makes the single requests to the bucket. Names of objects are without the
// prefix.
type client struct {
	name, prefix string // of the bucket, and of all keys

	api       *s3.Client
	transport *http.Transport
	unsigned  func(*s3.Options) // for requests with content

	ctx    context.Context // of all requests but those that read content
	giveUp context.CancelFunc
}

func (c *client) asking() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.ctx, askTimeout)
}

func (c *client) sending() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.ctx, sendTimeout)
}

// key is the key of an object of ours.
func (c *client) key(name string) *string {
	if c.prefix != "" {
		name = c.prefix + "/" + name
	}
	return &name
}

// fault says what could not be done. One that is fs.ErrNotExist tells that there
// is no such object. Every other is [content.ErrAway], or that the storage is full.
func (c *client) fault(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case codeIs(err, "NoSuchKey", "NotFound"):
		return fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	case statusOfAnswer(err) == http.StatusInsufficientStorage, codeIs(err, "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "StorageFull"):
		return fmt.Errorf("%s: %w: %w", what, syscall.ENOSPC, err)
	}
	return fmt.Errorf("%s: %w: %w", what, content.ErrAway, err)
}

// probe says in plain words why the bucket cannot be used.
func (c *client) probe() error {
	ctx, cancel := c.asking()
	defer cancel()
	_, err := c.api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &c.name})
	if err == nil {
		key := probeKey + content.NewID()
		if err = c.put(key, strings.NewReader("x"), 1); err == nil {
			err = c.delete(key)
		}
	}
	switch status := statusOfAnswer(err); {
	case err == nil:
		return nil
	case status == http.StatusNotFound:
		return fmt.Errorf("the storage has no bucket %q; make it first", c.name)
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return fmt.Errorf("the storage refuses the keys from the environment for the bucket %q, or they may not write to it", c.name)
	case status == http.StatusMovedPermanently:
		return fmt.Errorf("the bucket %q is in another region", c.name)
	}
	return fmt.Errorf("the storage cannot be used: %w", err)
}

// get reads a small object.
func (c *client) get(name string) ([]byte, error) {
	ctx, cancel := c.sending()
	defer cancel()
	got, err := c.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &c.name, Key: c.key(name)})
	if err != nil {
		return nil, c.fault("read "+name, err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	return raw, c.fault("read "+name, err)
}

// put writes an object; whoever reads it gets the old one or the new one.
func (c *client) put(name string, content io.ReadSeeker, size int64) error {
	ctx, cancel := c.sending()
	defer cancel()
	_, err := c.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &c.name, Key: c.key(name), Body: content, ContentLength: &size}, c.unsigned)
	return c.fault("write "+name, err)
}

// delete removes an object, which need not be there.
func (c *client) delete(name string) error {
	ctx, cancel := c.asking()
	defer cancel()
	_, err := c.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &c.name, Key: c.key(name)})
	if err = c.fault("remove "+name, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// deleteAll removes the objects whose names have the prefix.
func (c *client) deleteAll(prefix string) error {
	for o, err := range c.list(c.ctx, prefix) {
		if err != nil {
			return err
		}
		if err := c.delete(o.name); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) abort(name, uploadID string) error {
	ctx, cancel := c.asking()
	defer cancel()
	_, err := c.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &c.name, Key: c.key(name), UploadId: &uploadID})
	if noUpload(err) {
		return nil
	}
	return c.fault("end the multipart upload of "+name, err)
}

func (c *client) createMultipart(name string) (uploadID string, err error) {
	ctx, cancel := c.asking()
	defer cancel()
	made, err := c.api.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &c.name, Key: c.key(name)})
	if err != nil {
		return "", c.fault("begin "+name, err)
	}
	return aws.ToString(made.UploadId), nil
}

func (c *client) sendPart(name, uploadID string, number int32, content *spool) (etag string, err error) {
	ctx, cancel := c.sending()
	defer cancel()
	sent, err := c.api.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &c.name, Key: c.key(name), UploadId: &uploadID, PartNumber: &number,
		Body: content.content(), ContentLength: &content.filled,
	}, c.unsigned)
	if err != nil && statusOfAnswer(err) == 0 && c.ctx.Err() == nil {
		// A service that takes no more of it may hang up before we hear why.
		if gone := c.known(name, uploadID); noUpload(gone) {
			err = gone
		}
	}
	if err != nil {
		return "", c.fault(fmt.Sprintf("send part %d of %s", number, name), err)
	}
	return aws.ToString(sent.ETag), nil
}

// known returns an error unless the service knows the multipart upload.
func (c *client) known(name, uploadID string) error {
	ctx, cancel := c.asking()
	defer cancel()
	_, err := c.api.ListParts(ctx, &s3.ListPartsInput{Bucket: &c.name, Key: c.key(name), UploadId: &uploadID, MaxParts: aws.Int32(1)})
	return err
}

func (c *client) completeMultipart(name, uploadID string, parts []content.Segment) error {
	ctx, cancel := c.sending()
	defer cancel()
	list := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		list[i] = types.CompletedPart{PartNumber: &p.Number, ETag: &p.ETag}
	}
	_, err := c.api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &c.name, Key: c.key(name), UploadId: &uploadID, MultipartUpload: &types.CompletedMultipartUpload{Parts: list},
	})
	return c.fault("put "+name+" together", err)
}

// list yields every object whose name has the prefix. It ends with the first error.
func (c *client) list(ctx context.Context, prefix string) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		pages := s3.NewListObjectsV2Paginator(c.api, &s3.ListObjectsV2Input{Bucket: &c.name, Prefix: c.key(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(listed{}, c.fault("list "+prefix, err))
				return
			}
			for _, o := range page.Contents {
				if !yield(listed{name: c.nameOf(o.Key), size: aws.ToInt64(o.Size), at: aws.ToTime(o.LastModified).Unix()}, nil) {
					return
				}
			}
		}
	}
}

// listMultipart yields every multipart upload that is not ended. It ends with the
// first error.
func (c *client) listMultipart(ctx context.Context) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		pages := s3.NewListMultipartUploadsPaginator(c.api, &s3.ListMultipartUploadsInput{Bucket: &c.name, Prefix: c.key(contentKeys)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(listed{}, c.fault("list multipart uploads", err))
				return
			}
			for _, o := range page.Uploads {
				if !yield(listed{name: c.nameOf(o.Key), at: aws.ToTime(o.Initiated).Unix(), uploadID: aws.ToString(o.UploadId)}, nil) {
					return
				}
			}
		}
	}
}

func (c *client) nameOf(key *string) string {
	return aws.ToString(key)[len(*c.key("")):]
}

// inParts makes an object of the parts that send has sent, or nothing.
func (c *client) inParts(name string, send func(uploadID string) ([]content.Segment, error)) error {
	uploadID, err := c.createMultipart(name)
	if err != nil {
		return err
	}
	parts, err := send(uploadID)
	if err == nil {
		err = c.completeMultipart(name, uploadID, parts)
	}
	if err != nil {
		return errors.Join(err, c.abort(name, uploadID))
	}
	return nil
}

func (c *client) sizeOf(ctx context.Context, id string) (int64, error) {
	head, err := c.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &c.name, Key: c.key(contentOf(id))})
	if err != nil {
		return 0, c.fault("look at "+contentOf(id), err)
	}
	return aws.ToInt64(head.ContentLength), nil
}
