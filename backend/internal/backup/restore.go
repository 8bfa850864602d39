package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"handover/internal/atomicfile"
)

// ErrNotEmpty is returned by [Restore] for a folder that is not empty.
var ErrNotEmpty = errors.New("the folder is not empty; a backup is restored into a new one")

// ErrDamaged is returned by [Restore] for a file that is not a backup, or is
// incomplete or damaged.
var ErrDamaged = errors.New("the backup is damaged")

// workName is the subfolder for files that are not verified yet.
const workName = "restore.tmp"

// Restore restores a backup into the folder, which must be empty or missing. It
// reads and verifies the whole backup before it puts any file in its place. On error
// the folder is as before. forget deletes records of uploads from the database at
// the path.
func Restore(ctx context.Context, r io.Reader, dir string, small []string, forget func(database string, uploads []string) error) (s Summary, err error) {
	made, err := prepare(dir)
	if err != nil {
		return Summary{}, err
	}
	work := filepath.Join(dir, workName)
	defer func() {
		if err != nil {
			os.RemoveAll(work)
			if made {
				os.Remove(dir)
			}
		}
	}()
	summary, err := unpack(ctx, r, work, small, forget)
	if err != nil {
		return Summary{}, err
	}
	if err := install(work, dir); err != nil {
		return Summary{}, err
	}
	return summary, nil
}

// prepare makes the folder, or removes the files of an interrupted restore from it.
func prepare(dir string) (made bool, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Name() != workName {
			return false, fmt.Errorf("%s: %w", dir, ErrNotEmpty)
		}
	}
	return false, os.RemoveAll(filepath.Join(dir, workName))
}

func unpack(ctx context.Context, r io.Reader, work string, small []string, forget func(string, []string) error) (Summary, error) {
	if err := os.MkdirAll(filepath.Join(work, Uploads), 0o700); err != nil {
		return Summary{}, err
	}
	// The struct hides that a file can seek, so that tar reads every byte.
	u := &reader{ctx: ctx, in: &counter{r: struct{ io.Reader }{r}}, work: work, small: small, buffer: make([]byte, 1<<20)}
	u.tar = tar.NewReader(u.in)
	if err := u.members(); err != nil {
		return Summary{}, err
	}
	if err := u.compare(); err != nil {
		return Summary{}, err
	}
	for _, id := range u.manifest.Dropped {
		for _, m := range u.found {
			if strings.HasPrefix(m.Name, Uploads+"/"+id+".") {
				if err := os.Remove(filepath.Join(work, filepath.FromSlash(m.Name))); err != nil {
					return Summary{}, err
				}
			}
		}
	}
	if len(u.manifest.Dropped) > 0 {
		if err := forget(filepath.Join(work, Database), u.manifest.Dropped); err != nil {
			return Summary{}, fmt.Errorf("forget uploads that the backup does not hold: %w", err)
		}
	}
	u.summary.Files = u.manifest.Files
	return u.summary, nil
}

// install puts verified files in their places, the database last: a folder with a
// database counts as the folder of a server.
func install(work, dir string) error {
	entries, err := os.ReadDir(work)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		return strings.Compare(rank(a.Name()), rank(b.Name()))
	})
	if err := atomicfile.SyncDir(filepath.Join(work, Uploads)); err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(work, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(work); err != nil {
		return err
	}
	return atomicfile.SyncDir(dir)
}

func rank(name string) string {
	if name == Database {
		return "2"
	}
	return "1"
}

type reader struct {
	ctx      context.Context
	in       *counter
	tar      *tar.Reader
	work     string
	small    []string
	buffer   []byte
	found    []member
	manifest manifest
	summary  Summary
}

// counter counts the bytes that were read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

const block = 512 // bytes; the unit of a tar

// members unpacks every member, and ends with the manifest and its digest.
func (u *reader) members() error {
	for {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		h, err := u.tar.Next()
		if err != nil {
			return damaged("it ends before its manifest (%v)", err)
		}
		if h.Typeflag != tar.TypeReg {
			return damaged("%q is no file", h.Name)
		}
		if h.Name == manifestName {
			return u.last(h)
		}
		if err := u.member(h); err != nil {
			return err
		}
	}
}

func (u *reader) member(h *tar.Header) error {
	if !u.expected(h.Name) {
		return damaged("it has a file %q", h.Name)
	}
	f, err := os.OpenFile(filepath.Join(u.work, filepath.FromSlash(h.Name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return damaged("it has the file %q twice", h.Name)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	out := &failing{w: f}
	n, err := io.CopyBuffer(io.MultiWriter(out, sum), struct{ io.Reader }{u.tar}, u.buffer)
	if out.err != nil {
		return fmt.Errorf("write %s: %w", h.Name, out.err)
	}
	if err != nil {
		return damaged("%s is cut short (%v)", h.Name, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", h.Name, err)
	}
	u.found = append(u.found, member{h.Name, n, hex.EncodeToString(sum.Sum(nil))})
	u.summary.Bytes += n
	return nil
}

// failing keeps the error of a write, which does not mean that the backup is damaged.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}

// expected reports whether a backup may have a file of this name. Restore creates no
// other files in the folder.
func (u *reader) expected(name string) bool {
	if name == Database || slices.Contains(u.small, name) {
		return true
	}
	dir, base := path.Split(name)
	return dir == Uploads+"/" && base != "" && base[0] != '.' &&
		strings.Trim(base, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == ""
}

// maxManifest is the size of a manifest of some millions of files.
const maxManifest = 1 << 30

// last reads the manifest and its digest, which must end the backup.
func (u *reader) last(h *tar.Header) error {
	if h.Size > maxManifest {
		return damaged("its manifest is too large")
	}
	raw, err := io.ReadAll(u.tar)
	if err != nil {
		return damaged("its manifest is cut short (%v)", err)
	}
	sum := sha256.Sum256(raw)
	want := fmt.Sprintf("%x  %s\n", sum, manifestName)
	h, err = u.tar.Next()
	if err != nil || h.Name != digestName || h.Size != int64(len(want)) {
		return damaged("the digest of its manifest is missing")
	}
	digest, err := io.ReadAll(u.tar)
	if err != nil || string(digest) != want {
		return damaged("its manifest was changed")
	}
	end := (u.in.n+block-1)/block*block + 2*block
	if _, err := u.tar.Next(); !errors.Is(err, io.EOF) || u.in.n != end {
		return damaged("its end is missing")
	}
	if n, _ := io.CopyN(io.Discard, u.in, 1); n > 0 {
		return damaged("something follows its end")
	}
	if err := json.Unmarshal(raw, &u.manifest); err != nil {
		return damaged("its manifest cannot be read (%v)", err)
	}
	if u.manifest.Format != format {
		return fmt.Errorf("the backup has format %d; this version reads format %d", u.manifest.Format, format)
	}
	return nil
}

// compare compares the members with the manifest.
func (u *reader) compare() error {
	hasDatabase := false
	if len(u.found) != len(u.manifest.Members) {
		return damaged("it has %d files; its manifest names %d", len(u.found), len(u.manifest.Members))
	}
	for i, m := range u.manifest.Members {
		if u.found[i] != m {
			return damaged("%s is not what was backed up", m.Name)
		}
		hasDatabase = hasDatabase || m.Name == Database
	}
	if !hasDatabase {
		return damaged("it has no database")
	}
	return nil
}
