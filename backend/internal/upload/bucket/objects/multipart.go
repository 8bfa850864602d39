package objects

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

// MaxParts is how many parts a file is planned to have. S3 allows 10,000 numbers;
// interruptions waste some.
const MaxParts = 9_000

// CreateMultipart begins a multipart upload of an object.
func (c *Client) CreateMultipart(name string) (uploadID string, err error) {
	ctx, cancel := c.small()
	defer cancel()
	made, err := c.api.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &c.bucket, Key: c.key(name)})
	if err != nil {
		return "", c.fault("begin "+name, err)
	}
	return aws.ToString(made.UploadId), nil
}

// SendPart sends one part and returns its ETag.
func (c *Client) SendPart(name, uploadID string, number int32, data io.ReadSeeker, size int64) (etag string, err error) {
	ctx, cancel := c.large()
	defer cancel()
	sent, err := c.api.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &c.bucket, Key: c.key(name), UploadId: &uploadID, PartNumber: &number,
		Body: data, ContentLength: &size,
	}, c.unsigned)
	if err != nil && statusOfAnswer(err) == 0 && c.ctx.Err() == nil {
		// A service that no longer has the multipart upload may hang up before we
		// read its answer.
		if gone := c.known(name, uploadID); UploadGone(gone) {
			err = gone
		}
	}
	if err != nil {
		return "", c.fault(fmt.Sprintf("send part %d of %s", number, name), err)
	}
	return aws.ToString(sent.ETag), nil
}

// known returns an error unless the service has the multipart upload.
func (c *Client) known(name, uploadID string) error {
	ctx, cancel := c.small()
	defer cancel()
	_, err := c.api.ListParts(ctx, &s3.ListPartsInput{Bucket: &c.bucket, Key: c.key(name), UploadId: &uploadID, MaxParts: aws.Int32(1)})
	return err
}

// CompleteMultipart makes an object of the parts.
func (c *Client) CompleteMultipart(name, uploadID string, parts []content.Segment) error {
	ctx, cancel := c.large()
	defer cancel()
	list := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		list[i] = types.CompletedPart{PartNumber: &p.Number, ETag: &p.ETag}
	}
	_, err := c.api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &c.bucket, Key: c.key(name), UploadId: &uploadID, MultipartUpload: &types.CompletedMultipartUpload{Parts: list},
	})
	return c.fault("complete "+name, err)
}

// Abort ends a multipart upload. A missing one is not an error.
func (c *Client) Abort(name, uploadID string) error {
	ctx, cancel := c.small()
	defer cancel()
	_, err := c.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &c.bucket, Key: c.key(name), UploadId: &uploadID})
	if UploadGone(err) {
		return nil
	}
	return c.fault("end the multipart upload of "+name, err)
}

// InParts makes an object of the parts that send returns, or nothing.
func (c *Client) InParts(name string, send func(uploadID string) ([]content.Segment, error)) error {
	uploadID, err := c.CreateMultipart(name)
	if err != nil {
		return err
	}
	parts, err := send(uploadID)
	if err != nil {
		return errors.Join(err, c.Abort(name, uploadID))
	}
	if err := c.CompleteMultipart(name, uploadID, parts); err != nil {
		return errors.Join(err, c.Abort(name, uploadID))
	}
	return nil
}

// ListMultipart yields every unfinished multipart upload of an object whose name has
// the prefix. It ends with the first error.
func (c *Client) ListMultipart(ctx context.Context, prefix string) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		pages := s3.NewListMultipartUploadsPaginator(c.api, &s3.ListMultipartUploadsInput{Bucket: &c.bucket, Prefix: c.key(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Listed{}, c.fault("list multipart uploads", err))
				return
			}
			for _, o := range page.Uploads {
				if !yield(Listed{Name: c.nameOf(o.Key), At: aws.ToTime(o.Initiated).Unix(), UploadID: aws.ToString(o.UploadId)}, nil) {
					return
				}
			}
		}
	}
}
