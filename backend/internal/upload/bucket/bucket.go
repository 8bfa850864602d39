package bucket

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"strings"
	"time"

	"handover/backend/internal/upload/bucket/objects"
	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// The prefixes of the names of objects.
const (
	contentKeys = "content/" // <id>: the content of a finished upload or part
	openKeys    = "open/"    // <id>.json: the info of an unfinished upload
	doneKeys    = "done/"    // <id>.json: the parts of a finished final upload
	tailKeys    = "tail/"    // <id>/<number>: acknowledged bytes that are too few for a part
)

const defaultPartSize = 16 << 20

// Config says which bucket a [Store] uses and how it behaves.
type Config struct {
	Location Location
	Dir      string // of temporary files
	Now      func() time.Time
	Log      *slog.Logger
}

// Store keeps content in a bucket, and implements the interfaces of package content.
// Several servers may use one bucket under shared locks: a server keeps no state that
// another server needs.
//
// S3 can neither append nor rename. An upload that is larger than one part grows as
// a multipart upload. Its info, replaced as a whole, lists the parts without a gap.
// The info alone is valid, even when the service has more parts.
type Store struct {
	Config
	// PartSize is the minimum size of the parts of new uploads. A test may change it
	// before the store is used.
	PartSize int64

	objects *objects.Client
	temp    *tempSpace
	buffers content.Buffers
}

// Open checks that the bucket can be used.
func Open(c Config) (*Store, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	l := c.Location
	client, err := objects.Open(objects.Config{Bucket: l.Name, Prefix: l.Prefix, Endpoint: l.Endpoint, Region: l.Region})
	if err != nil {
		return nil, err
	}
	if err := client.Probe(); err != nil {
		client.Close()
		return nil, err
	}
	return &Store{Config: c, PartSize: defaultPartSize, objects: client, temp: newTempSpace(c.Dir, l.Temp)}, nil
}

// Close implements [content.Housekeeping].
func (b *Store) Close() { b.objects.Close() }

// Ready implements [content.Housekeeping].
func (b *Store) Ready(int64) error { return b.objects.Ready() }

// Space implements [content.Housekeeping]: the limit is not known.
func (b *Store) Space() (int64, error) { return math.MaxInt64, nil }

// Remote implements [content.Housekeeping].
func (b *Store) Remote() bool { return true }

func contentOf(id string) string { return contentKeys + id }
func openOf(id string) string    { return openKeys + id + ".json" }
func doneOf(id string) string    { return doneKeys + id + ".json" }

// ownerName is the object that names the owner of the content.
const ownerName = "owner"

// Owner implements [content.Housekeeping]. Of two servers that claim the bucket at
// the same time, one is refused.
func (b *Store) Owner(mine string) (string, error) {
	raw, err := b.objects.Get(ownerName)
	if !errors.Is(err, fs.ErrNotExist) {
		return strings.TrimSpace(string(raw)), err
	}
	if err := b.objects.Put(ownerName, strings.NewReader(mine+"\n"), int64(len(mine)+1)); err != nil {
		return "", err
	}
	raw, err = b.objects.Get(ownerName)
	return strings.TrimSpace(string(raw)), err
}

// Size implements [content.Reader].
func (b *Store) Size(id string) (int64, error) {
	size, err := b.objects.SizeNow(contentOf(id))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return size, err
}

// Holds implements [content.Reader].
func (b *Store) Holds(u order.Upload) (bool, error) {
	size, err := b.objects.SizeNow(contentOf(u.ID))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return size == u.Size, nil
}

// Open implements [content.Reader]. The content is requested when it is read.
func (b *Store) Open(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	return b.objects.Open(ctx, contentOf(id))
}

// Address implements [content.Addresser].
func (b *Store) Address(ctx context.Context, id, contentType, disposition string, valid time.Duration) (string, error) {
	if _, err := b.objects.Size(ctx, contentOf(id)); err != nil {
		return "", err
	}
	return b.objects.Address(ctx, contentOf(id), contentType, disposition, valid)
}
