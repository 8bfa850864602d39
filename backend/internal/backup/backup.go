// Package backup writes all data of a running server into one file, and restores
// such a file into an empty folder.
//
// The file is a tar, without compression because media do not get smaller. It has
// the small files, then a snapshot of the database, then every upload in that
// snapshot, and last a manifest with the size and SHA-256 of each, and the SHA-256
// of the manifest. Any tar program can read it.
package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"handover/backend/order"
)

// The names of the members of a backup.
const (
	Database     = "handover.db"
	Uploads      = "uploads"
	manifestName = "manifest.json"
	digestName   = "manifest.json.sha256"
)

// Store is a database with snapshots.
type Store interface {
	// Snapshot calls f with the database and the records of its uploads.
	Snapshot(ctx context.Context, f func(file io.WriterTo, uploads []order.Upload) error) error
}

// Source is the data to back up.
type Source struct {
	Program string // the program that writes the backup, with its version
	Dir     string
	Small   []string // files in Dir to include if they exist
	Store   Store
	// Open opens the content of a finished upload, or returns an error with
	// the code order.NotFound.
	Open func(ctx context.Context, id string) (io.ReadSeekCloser, error)
	// Describe returns the names of the two files of an upload, and the content
	// of the second, its info.
	Describe func(u order.Upload) (content, info string, raw []byte, err error)
	Now      func() time.Time
}

// Summary describes the content of a backup.
type Summary struct {
	Files int   `json:"files"` // uploads
	Bytes int64 `json:"bytes"` // of the database and all files
}

// manifest lists all members of a backup.
type manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"`
	CreatedAt time.Time `json:"created_at"`
	Files     int       `json:"files"` // uploads
	Members   []member  `json:"members"`
	// Dropped are uploads that the database knows but that were deleted while
	// the backup was made. No delivery names them.
	Dropped []string `json:"dropped,omitempty"`
}

type member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const format = 1

// Write writes a backup. On error the output is not a usable backup. It returns an
// error when the file of a delivery is missing or damaged, or a write fails.
func Write(ctx context.Context, w io.Writer, s Source) (Summary, error) {
	b := &writer{ctx: ctx, source: s, tar: tar.NewWriter(w), buffer: make([]byte, 1<<20)}
	b.manifest = manifest{Format: format, Program: s.Program, CreatedAt: s.Now().UTC()}
	for _, name := range s.Small {
		raw, err := os.ReadFile(filepath.Join(s.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Summary{}, fmt.Errorf("back up %s: %w", name, err)
		}
		if err := b.add(name, raw); err != nil {
			return Summary{}, fmt.Errorf("back up %s: %w", name, err)
		}
	}
	uploads, err := b.database()
	if err != nil {
		return Summary{}, fmt.Errorf("back up the database: %w", err)
	}
	for _, u := range uploads {
		if err := b.upload(u); err != nil {
			return Summary{}, fmt.Errorf("back up upload %s: %w", u.ID, err)
		}
	}
	summary := b.summary // without the manifest
	return summary, b.finish()
}

type writer struct {
	ctx      context.Context
	source   Source
	tar      *tar.Writer
	buffer   []byte
	manifest manifest
	summary  Summary
}

// begin begins a member, and returns the writer of its content and its hash.
func (b *writer) begin(name string, size int64) (io.Writer, hash.Hash, error) {
	h := sha256.New()
	err := b.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: b.manifest.CreatedAt.Truncate(time.Second),
	})
	return io.MultiWriter(b.tar, h), h, err
}

func (b *writer) end(name string, size int64, h hash.Hash) {
	b.manifest.Members = append(b.manifest.Members, member{name, size, hex.EncodeToString(h.Sum(nil))})
	b.summary.Bytes += size
}

func (b *writer) add(name string, content []byte) error {
	w, h, err := b.begin(name, int64(len(content)))
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	b.end(name, int64(len(content)), h)
	return nil
}

// database copies the database before sending it, because the reader of the backup
// may be slow: an open snapshot would make the database grow.
func (b *writer) database() (uploads []order.Upload, err error) {
	temp, err := os.CreateTemp(b.source.Dir, "backup-*.tmp")
	if err != nil {
		return nil, err
	}
	os.Remove(temp.Name()) // immediately where the system allows it, so that a crash leaves no file
	defer os.Remove(temp.Name())
	defer temp.Close()
	var size int64
	err = b.source.Store.Snapshot(b.ctx, func(file io.WriterTo, known []order.Upload) (err error) {
		uploads = known
		size, err = file.WriteTo(temp)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := temp.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	_, err = b.copy(Database, temp, size)
	return uploads, err
}

// upload adds a finished upload. An upload without a delivery may have been deleted
// since the snapshot; upload records this in the manifest.
func (b *writer) upload(u order.Upload) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	content, info, raw, err := b.source.Describe(u)
	if err != nil {
		return err
	}
	f, err := b.source.Open(b.ctx, u.ID)
	if err != nil {
		return b.drop(u, err)
	}
	defer f.Close()
	if err := sized(f, u.Size); err != nil {
		return b.drop(u, err)
	}
	sum, err := b.copy(Uploads+"/"+content, f, u.Size)
	if err != nil {
		return err
	}
	if sum != u.SHA256 {
		return b.drop(u, fmt.Errorf("its SHA-256 is %s; the record says %s", sum, u.SHA256))
	}
	b.summary.Files++
	return b.add(Uploads+"/"+info, raw)
}

func sized(f io.Seeker, want int64) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size != want {
		return fmt.Errorf("%d bytes are stored; the record says %d", size, want)
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// drop omits an upload, unless a delivery names it: a backup always has all
// delivered files.
func (b *writer) drop(u order.Upload, cause error) error {
	if u.DeliveredIn != 0 {
		return fmt.Errorf("it was delivered in order %s: %w; handover-server check says more", u.OrderID, cause)
	}
	b.manifest.Dropped = append(b.manifest.Dropped, u.ID)
	return nil
}

func (b *writer) copy(name string, from io.Reader, size int64) (string, error) {
	w, h, err := b.begin(name, size)
	if err != nil {
		return "", err
	}
	// The struct hides what io.Copy would use instead of the buffer.
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{io.LimitReader(from, size)}, b.buffer)
	if err != nil {
		return "", err
	}
	if n != size {
		return "", io.ErrUnexpectedEOF
	}
	b.end(name, size, h)
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (b *writer) finish() error {
	b.manifest.Files = b.summary.Files
	raw, err := json.MarshalIndent(b.manifest, "", " ")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	if err := b.add(manifestName, raw); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := b.add(digestName, fmt.Appendf(nil, "%x  %s\n", sum, manifestName)); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := b.tar.Close(); err != nil {
		return fmt.Errorf("end the backup: %w", err)
	}
	return nil
}
