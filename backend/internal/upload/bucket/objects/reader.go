package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/content"
)

const (
	// A reader requests few bytes first, because many callers stop soon, and more
	// each time. It reads each response to its end, so that the connection can be
	// used again.
	firstWindow = 256 << 10
	lastWindow  = 64 << 20
	// rereads is how often an interrupted request is repeated where it stopped.
	rereads = 3
)

// Open returns a reader of an object that never changes. It makes its first request
// for content with the first Read.
func (c *Client) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	size, err := c.Size(ctx, name)
	if err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, c: c, name: name, size: size, window: firstWindow}, nil
}

type reader struct {
	ctx    context.Context
	c      *Client
	name   string
	size   int64
	pos    int64
	window int64 // bytes of the next request

	body  io.ReadCloser // from pos on; nil before a request
	left  int64         // bytes in body
	tries int           // failed requests without a byte
}

// Read implements [io.Reader].
func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if r.pos >= r.size {
			return 0, io.EOF
		}
		n, err := r.readBody(p)
		if n > 0 {
			r.tries = 0
		}
		if err != nil {
			r.Close()
			if r.tries++; n == 0 && (r.tries > rereads || r.ctx.Err() != nil || errors.Is(err, fs.ErrNotExist)) {
				return 0, r.broken(err)
			}
		}
		if r.left == 0 {
			r.Close()
		}
		if n > 0 {
			return n, nil
		}
	}
}

// readBody reads from the current response, or from that of a new request. It returns
// no error at the end of a response.
func (r *reader) readBody(p []byte) (int, error) {
	if err := r.request(); err != nil {
		return 0, err
	}
	n, err := r.body.Read(p[:min(int64(len(p)), r.left)])
	r.pos, r.left = r.pos+int64(n), r.left-int64(n)
	if errors.Is(err, io.EOF) && r.left == 0 {
		return n, nil
	}
	return n, err
}

// broken returns the error for content that cannot be read on. It hides an io.EOF,
// which callers would take for the end of the content.
func (r *reader) broken(err error) error {
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read %s: %w", r.name, fs.ErrNotExist)
	}
	return fmt.Errorf("read %s: %w: %s", r.name, content.ErrAway, err.Error())
}

func (r *reader) request() error {
	if r.body != nil {
		return nil
	}
	end := min(r.size, r.pos+r.window)
	r.window = min(lastWindow, 4*r.window)
	got, err := r.c.api.GetObject(r.ctx, &s3.GetObjectInput{
		Bucket: &r.c.bucket, Key: r.c.key(r.name), Range: aws.String(fmt.Sprintf("bytes=%d-%d", r.pos, end-1)),
	})
	if err != nil {
		return r.c.fault("read "+r.name, err)
	}
	r.body, r.left = got.Body, end-r.pos
	return nil
}

// Seek implements [io.Seeker].
func (r *reader) Seek(offset int64, whence int) (int64, error) {
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
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body, r.left = nil, 0
	return err
}
