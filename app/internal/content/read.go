package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// chunk is how much is read at once.
const chunk = 1 << 20

// Digest reads the file and returns its SHA-256 in hexadecimal, and the identity of the
// version that it read. report, which may be nil, receives the number of bytes read.
// Errors are ctx.Err(), or wrap ErrUnreadable or ErrChanged.
func Digest(ctx context.Context, path string, report func(done int64)) (string, Identity, error) {
	sum := sha256.New()
	id, err := Read(ctx, path, sum, -1, report)
	if err != nil {
		return "", id, err
	}
	return hex.EncodeToString(sum.Sum(nil)), id, nil
}

// Read is Digest for the first n bytes of the file, or all of it for -1. It also writes them
// to w.
func Read(ctx context.Context, path string, w io.Writer, n int64, report func(done int64)) (Identity, error) {
	f, err := Open(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	id, err := beginRested(ctx, f)
	if err != nil {
		return id, err
	}
	if n < 0 || n > id.Size {
		n = id.Size
	}
	for done := int64(0); done < n; {
		got, err := io.CopyN(w, f, min(chunk, n-done))
		done += got
		switch {
		case ctx.Err() != nil:
			return id, ctx.Err()
		case errors.Is(err, io.EOF):
			return id, fmt.Errorf("%w: %s", ErrChanged, path)
		case err != nil:
			return id, unreadable(err)
		case report != nil:
			report(done)
		}
	}
	now, err := Glance(path)
	if err != nil {
		return id, err
	}
	if !id.Same(now) {
		return id, fmt.Errorf("%w: %s", ErrChanged, path)
	}
	return id, nil
}

// beginRested is Begin after a wait if the file has changed very recently.
func beginRested(ctx context.Context, f *os.File) (Identity, error) {
	id, err := begin(f)
	if err != nil || id.Firm || id.Changed == 0 {
		return id, err
	}
	left := id.racy() - id.age()
	if left <= 0 || left > tickWhole { // at rest, or changed in the future
		return id, nil
	}
	timer := time.NewTimer(left + time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return begin(f)
	case <-ctx.Done():
		return id, ctx.Err()
	}
}
