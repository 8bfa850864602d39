package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

const (
	// A reader asks for little first, because many stop soon, and for more each
	// time. What it asks for it gets whole, so that the connection serves others
	// afterwards.
	firstWindow = 256 << 10
	lastWindow  = 64 << 20
	// rereads is how often a request that broke off is repeated where it stopped.
	rereads = 3
)

// Size implements [content.Reader].
func (b *Store) Size(id string) (int64, error) {
	ctx, cancel := b.asking()
	defer cancel()
	size, err := b.sizeOf(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return size, err
}

// Holds implements [content.Reader].
func (b *Store) Holds(u order.Upload) (bool, error) {
	ctx, cancel := b.asking()
	defer cancel()
	size, err := b.sizeOf(ctx, u.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && size == u.Size, err
}

// Open implements [content.Reader]. The content is asked for when it is read.
func (b *Store) Open(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	size, err := b.sizeOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return &bucketReader{ctx: ctx, b: b, name: contentOf(id), size: size, window: firstWindow}, nil
}

// bucketReader reads an object from wherever it is told to. Finished content
// never changes, so that pieces of several requests fit together.
type bucketReader struct {
	ctx    context.Context
	b      *Store
	name   string
	size   int64
	pos    int64
	window int64 // how much the next request asks for

	body  io.ReadCloser // at pos; nil before it is asked for
	left  int64         // in body
	tries int           // that failed without a byte
}

// Read implements [io.Reader].
func (r *bucketReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if r.pos >= r.size {
			return 0, io.EOF
		}
		err := r.ask()
		n := 0
		if err == nil {
			n, err = r.body.Read(p[:min(int64(len(p)), r.left)])
			r.pos, r.left = r.pos+int64(n), r.left-int64(n)
		}
		if n > 0 {
			r.tries = 0
		}
		switch {
		case r.left == 0 && err == nil, errors.Is(err, io.EOF) && r.left == 0:
			r.Close()
		case err != nil:
			r.Close()
			if r.tries++; n == 0 && (r.tries > rereads || r.ctx.Err() != nil || errors.Is(err, fs.ErrNotExist)) {
				return 0, r.broken(err)
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

// broken is why the content cannot be read on. Nobody may take it for the end of
// the content, so that it hides an io.EOF.
func (r *bucketReader) broken(err error) error {
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read %s: %w", r.name, fs.ErrNotExist)
	}
	return fmt.Errorf("read %s: %w: %s", r.name, content.ErrAway, err.Error())
}

// ask has a body ready.
func (r *bucketReader) ask() error {
	if r.body != nil {
		return nil
	}
	end := min(r.size, r.pos+r.window)
	r.window = min(lastWindow, 4*r.window)
	got, err := r.b.api.GetObject(r.ctx, &s3.GetObjectInput{
		Bucket: &r.b.Name, Key: r.b.key(r.name), Range: aws.String(fmt.Sprintf("bytes=%d-%d", r.pos, end-1)),
	})
	if err != nil {
		r.left = -1 // no end of what was asked for
		return r.b.fault("read "+r.name, err)
	}
	r.body, r.left = got.Body, end-r.pos
	return nil
}

// Seek implements [io.Seeker].
func (r *bucketReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.pos, errors.New("seek before the beginning")
	}
	if offset != r.pos {
		r.Close()
		r.pos, r.window = offset, firstWindow
	}
	return r.pos, nil
}

// Close implements [io.Closer]; the reader can still be used.
func (r *bucketReader) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body, r.left = nil, 0
	return err
}

// Address implements [content.Addresser].
func (b *Store) Address(ctx context.Context, id, contentType, disposition string, valid time.Duration) (string, error) {
	if _, err := b.sizeOf(ctx, id); err != nil {
		return "", err
	}
	req, err := s3.NewPresignClient(b.api).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.Name, Key: b.key(contentOf(id)), ResponseContentType: &contentType, ResponseContentDisposition: &disposition,
		ResponseCacheControl: aws.String("private, no-store"),
	}, s3.WithPresignExpires(valid))
	if err != nil {
		return "", b.fault("sign an address of "+contentOf(id), err)
	}
	return req.URL, nil
}
