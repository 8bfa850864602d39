package tus

import (
	"context"
	"io"
	"time"
)

// The parsers of what a server sends, for the fuzz tests.
var (
	ParseOffset     = parseOffset
	ParseReprDigest = parseReprDigest
	ResolveLocation = resolveLocation
	EncodeMetadata  = encodeMetadata
	Message         = message
)

// ReadSize is the size of an upload's buffer.
const ReadSize = readSize

// CheckpointEvery is how much is hashed between two checkpoints.
const CheckpointEvery = checkpointEvery

// UploadFrom uploads src with another disk below it.
func UploadFrom(ctx context.Context, c *Client, src Source, ev Events, disk func(io.ReaderAt) io.ReaderAt) error {
	t, err := c.begin(src, ev)
	if err != nil {
		return err
	}
	defer t.src.close()
	t.src.bytes = disk(t.src.bytes)
	if err = t.bring(ctx, src); err != nil {
		t.src.note()
	}
	return err
}

// UploadBorrowed uploads src as on systems where an open file cannot be replaced.
func UploadBorrowed(ctx context.Context, c *Client, src Source) (Result, error) {
	t, err := c.begin(src, Events{})
	if err != nil {
		return Result{}, err
	}
	t.src.letGo()
	if err := t.bring(ctx, src); err != nil {
		return Result{}, err
	}
	return Result{URL: t.url.String(), SHA256: t.src.digest()}, nil
}

// SetPath pretends that the way to the server was measured.
func SetPath(c *Client, trip time.Duration, rate float64) {
	c.path.mu.Lock()
	defer c.path.mu.Unlock()
	c.path.trip, c.path.rate, c.path.at = trip, rate, time.Now()
}

// LimitsPath reports whether several streams may be faster than one.
func LimitsPath(c *Client) bool { return c.path.limits() }
