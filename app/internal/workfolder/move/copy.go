package move

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"handover/app/internal/content"
	"handover/app/internal/workfolder/place"
)

// mover copies a folder to another drive and deletes the original.
type mover struct {
	ctx         context.Context
	from, to    string
	progress    func(done, total int64)
	done, total int64
	copied      map[string]content.Identity // of the originals, by path within from
	folders     []string
}

// maxPasses is how often what was written to meanwhile is copied again.
const maxPasses = 5

// run does it all. The copy gets its name only when it is complete, so that a
// crash leaves either the original or both.
func (m *mover) run() error {
	part := m.to + partialEnd
	if err := os.RemoveAll(part); err != nil { // of a crash
		return err
	}
	m.copied = map[string]content.Identity{}
	err := m.measure()
	for pass, changes := 0, true; err == nil && changes; pass++ {
		if pass == maxPasses {
			err = ErrChanges
			break
		}
		changes, err = m.pass(part)
	}
	if err == nil {
		err = os.Rename(part, m.to)
	}
	if err != nil {
		os.RemoveAll(part)
		return err
	}
	return m.deleteOriginal()
}

func (m *mover) measure() error {
	return filepath.WalkDir(m.from, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			m.total += info.Size()
		}
		return ignoreGone(err)
	})
}

// pass copies what the copy does not have and deletes from it what is no longer
// in the original. It reports whether there was anything to do.
func (m *mover) pass(part string) (changes bool, err error) {
	there := map[string]bool{}
	m.folders = nil
	err = filepath.WalkDir(m.from, func(p string, e fs.DirEntry, err error) error {
		if err == nil {
			err = m.ctx.Err()
		}
		if err != nil {
			return ignoreGone(err)
		}
		rel, err := filepath.Rel(m.from, p)
		if err != nil {
			return err
		}
		there[rel] = true
		if e.IsDir() {
			m.folders = append(m.folders, rel)
			return os.MkdirAll(filepath.Join(part, rel), 0o755)
		}
		did, err := m.copy(part, rel)
		changes = changes || did
		return ignoreGone(err)
	})
	for rel := range m.copied {
		if err == nil && !there[rel] {
			changes = true
			delete(m.copied, rel)
			err = os.Remove(filepath.Join(part, rel))
		}
	}
	return changes, err
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// copy copies one file or symbolic link unless that was done and it has not
// changed since.
func (m *mover) copy(part, rel string) (did bool, err error) {
	from, to := filepath.Join(m.from, rel), filepath.Join(part, rel)
	info, err := os.Lstat(from)
	if err != nil {
		return false, err
	}
	id, err := identify(from, info)
	if err != nil {
		return false, err
	}
	if known, ok := m.copied[rel]; ok && known.Same(id) {
		return false, nil
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		err = copyLink(from, to)
	case info.Mode().IsRegular():
		err = m.copyFile(from, to, info)
	default:
		return false, nil // a pipe or a socket: nothing to keep
	}
	if err != nil {
		return false, err
	}
	m.copied[rel] = id
	return true, nil
}

func copyLink(from, to string) error {
	target, err := os.Readlink(from)
	if err != nil {
		return err
	}
	if err := os.Remove(to); ignoreGone(err) != nil {
		return err
	}
	return os.Symlink(target, to)
}

// copyFile copies a file durably and reads the copy again.
func (m *mover) copyFile(from, to string, info fs.FileInfo) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	defer out.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, sum), reading{m, in}); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	again := sha256.New()
	if _, err := io.Copy(again, out); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), again.Sum(nil)) {
		return fmt.Errorf("the copy of %s differs from it; check the drive", from)
	}
	err = out.Close()
	return errors.Join(err, os.Chtimes(to, info.ModTime(), info.ModTime()), os.Chmod(to, info.Mode().Perm()))
}

// reading counts what is read and ends with the move's context.
type reading struct {
	m *mover
	r io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.m.done += int64(n)
	r.m.progress(r.m.done, max(r.m.done, r.m.total))
	return n, err
}

// identify tells the versions of a file or symbolic link apart.
func identify(path string, info fs.FileInfo) (content.Identity, error) {
	if info.Mode().IsRegular() {
		return content.Glance(path)
	}
	return content.Seen(path, info), nil
}

// isCopied reports whether the copy holds what the original holds now. If only
// the time of change differs, as that of a file whose other link was deleted
// before, both are read.
func (m *mover) isCopied(original, copied string, then content.Identity) (bool, error) {
	info, err := os.Lstat(original)
	if err != nil {
		return false, err
	}
	now, err := identify(original, info)
	if err != nil || then.Same(now) {
		return err == nil, err
	}
	if !info.Mode().IsRegular() || now.Size != then.Size {
		return false, nil
	}
	a, _, err := content.Digest(m.ctx, original, nil)
	if err != nil {
		return false, err
	}
	b, _, err := content.Digest(m.ctx, copied, nil)
	return a == b, err
}

// deleteOriginal deletes what was copied and has not changed since. The mark of
// the work folder goes first: what is left is none any more.
func (m *mover) deleteOriginal() error {
	left := ignoreGone(os.Remove(filepath.Join(m.from, place.RootMark)))
	for rel, id := range m.copied {
		name := filepath.Join(m.from, rel)
		same, err := m.isCopied(name, filepath.Join(m.to, rel), id)
		switch {
		case same:
			err = os.Remove(name)
		case err == nil:
			err = fmt.Errorf("%s has changed", name)
		}
		left = errors.Join(left, ignoreGone(err))
	}
	for _, rel := range slices.Backward(m.folders) { // those within others first
		left = errors.Join(left, ignoreGone(os.Remove(filepath.Join(m.from, rel))))
	}
	if left != nil {
		return fmt.Errorf("%w: %w", ErrLeftBehind, left)
	}
	return nil
}
