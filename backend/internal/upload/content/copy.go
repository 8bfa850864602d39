package content

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"handover/backend/order"
)

// BufferSize is large, because every read from the network costs a system call. It is
// small enough that the processor's cache holds the bytes while they are hashed and
// written. Every running upload holds one buffer.
const BufferSize = 256 << 10

// Buffers lends buffers of [BufferSize]. The zero value is ready.
type Buffers struct{ pool sync.Pool }

// Get returns a buffer. Return it with Put.
func (b *Buffers) Get() *[]byte {
	if buf, ok := b.pool.Get().(*[]byte); ok {
		return buf
	}
	buf := make([]byte, BufferSize)
	return &buf
}

// Put takes a buffer back.
func (b *Buffers) Put(buf *[]byte) { b.pool.Put(buf) }

// Copy is [io.Copy] that ends with the context.
func (b *Buffers) Copy(ctx context.Context, dst io.Writer, src io.Reader) (int64, error) {
	buf := b.Get()
	defer b.Put(buf)
	return copyBuffer(ctx, dst, src, *buf)
}

// copyBuffer is [io.CopyBuffer] that ends with the context.
func copyBuffer(ctx context.Context, dst io.Writer, src io.Reader, buf []byte) (int64, error) {
	var total int64
	for {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		n, err := src.Read(buf)
		total += int64(n)
		if _, werr := dst.Write(buf[:n]); werr != nil {
			return total, werr
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// Verify reads the content of a finished upload and compares size and digests
// with the record.
func (b *Buffers) Verify(ctx context.Context, u order.Upload, src io.Reader) error {
	h := NewDigest()
	n, err := b.Copy(ctx, h, src)
	if err != nil {
		return fmt.Errorf("upload %s: read the content: %w", u.ID, err)
	}
	if n != u.Size {
		return fmt.Errorf("upload %s: %d bytes are stored; the record says %d", u.ID, n, u.Size)
	}
	if sum := h.SHA256(); sum != u.SHA256 {
		return fmt.Errorf("upload %s: the SHA-256 is %s; the record says %s", u.ID, sum, u.SHA256)
	}
	if sum := h.CRC32(); u.CRC32 != "" && sum != u.CRC32 {
		return fmt.Errorf("upload %s: the CRC-32 is %s; the record says %s", u.ID, sum, u.CRC32)
	}
	return nil
}

// AsRecorded compares the size and SHA-256 of content with its record. Each of
// its errors is [ErrDamaged].
func AsRecorded(u order.Upload, size int64, sum []byte) error {
	switch {
	case size > u.Size:
		return fmt.Errorf("%w: there are more than the %d bytes of the record", ErrDamaged, u.Size)
	case size < u.Size:
		return fmt.Errorf("%w: there are %d bytes; the record says %d", ErrDamaged, size, u.Size)
	case hex.EncodeToString(sum) != u.SHA256:
		return fmt.Errorf("%w: the SHA-256 is %x; the record says %s", ErrDamaged, sum, u.SHA256)
	}
	return nil
}
