package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/content"
)

// Get reads a small object.
func (c *Client) Get(name string) ([]byte, error) {
	ctx, cancel := c.large()
	defer cancel()
	got, err := c.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &c.bucket, Key: c.key(name)})
	if err != nil {
		return nil, c.fault("read "+name, err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	return raw, c.fault("read "+name, err)
}

// Put writes an object. A reader gets the old object or the new one.
func (c *Client) Put(name string, data io.ReadSeeker, size int64) error {
	ctx, cancel := c.large()
	defer cancel()
	_, err := c.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &c.bucket, Key: c.key(name), Body: data, ContentLength: &size}, c.unsigned)
	return c.fault("write "+name, err)
}

// Delete deletes an object. A missing object is not an error.
func (c *Client) Delete(name string) error {
	ctx, cancel := c.small()
	defer cancel()
	_, err := c.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &c.bucket, Key: c.key(name)})
	if err = c.fault("remove "+name, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// DeleteAll deletes the objects whose names have the prefix.
func (c *Client) DeleteAll(prefix string) error {
	for o, err := range c.List(c.ctx, prefix) {
		if err != nil {
			return err
		}
		if err := c.Delete(o.Name); err != nil {
			return err
		}
	}
	return nil
}

// Size returns the size of an object.
func (c *Client) Size(ctx context.Context, name string) (int64, error) {
	head, err := c.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &c.bucket, Key: c.key(name)})
	if err != nil {
		return 0, c.fault("ask for "+name, err)
	}
	return aws.ToInt64(head.ContentLength), nil
}

// SizeNow is [Client.Size] with the timeout of a small request.
func (c *Client) SizeNow(name string) (int64, error) {
	ctx, cancel := c.small()
	defer cancel()
	return c.Size(ctx, name)
}

// Address returns an address at which anyone can read the object with these headers,
// while it is valid.
func (c *Client) Address(ctx context.Context, name, contentType, disposition string, valid time.Duration) (string, error) {
	req, err := s3.NewPresignClient(c.api).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &c.bucket, Key: c.key(name), ResponseContentType: &contentType, ResponseContentDisposition: &disposition,
		ResponseCacheControl: aws.String("private, no-store"),
	}, s3.WithPresignExpires(valid))
	if err != nil {
		return "", c.fault("sign an address of "+name, err)
	}
	return req.URL, nil
}

// Listed is an object, or a multipart upload, in a list.
type Listed struct {
	Name     string
	Size     int64
	At       int64  // Unix time at which it was written or begun
	UploadID string // of a multipart upload
}

// List yields every object whose name has the prefix. It ends with the first error.
func (c *Client) List(ctx context.Context, prefix string) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		pages := s3.NewListObjectsV2Paginator(c.api, &s3.ListObjectsV2Input{Bucket: &c.bucket, Prefix: c.key(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Listed{}, c.fault("list "+prefix, err))
				return
			}
			for _, o := range page.Contents {
				if !yield(Listed{Name: c.nameOf(o.Key), Size: aws.ToInt64(o.Size), At: aws.ToTime(o.LastModified).Unix()}, nil) {
					return
				}
			}
		}
	}
}

// The largest copy that S3 makes in one request, and the size of the parts of larger
// copies, in bytes.
const (
	copyAtOnce = 5 << 30
	copyPart   = 1 << 30
)

// Copy copies an object of this size inside the service.
func (c *Client) Copy(ctx context.Context, from, to string, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, largeTimeout)
	defer cancel()
	source := aws.String(url.PathEscape(c.bucket) + "/" + (&url.URL{Path: *c.key(from)}).EscapedPath())
	if size > copyAtOnce {
		return c.copyParts(ctx, source, to, size)
	}
	_, err := c.api.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &c.bucket, Key: c.key(to), CopySource: source})
	return c.fault("copy "+from, err)
}

func (c *Client) copyParts(ctx context.Context, source *string, to string, size int64) error {
	return c.InParts(to, func(uploadID string) ([]content.Segment, error) {
		var parts []content.Segment
		step := max(copyPart, (size+MaxParts-1)/MaxParts)
		for at := int64(0); at < size; at += step {
			number, end := int32(len(parts)+1), min(size, at+step)
			copied, err := c.api.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: &c.bucket, Key: c.key(to), UploadId: &uploadID, PartNumber: &number,
				CopySource: source, CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", at, end-1)),
			})
			if err != nil {
				return nil, c.fault("copy to "+to, err)
			}
			parts = append(parts, content.Segment{Number: number, ETag: aws.ToString(copied.CopyPartResult.ETag), Size: end - at})
		}
		return parts, nil
	})
}
