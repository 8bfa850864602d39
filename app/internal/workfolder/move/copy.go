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

// maxPasses limits how often files that changed during the copy are copied again.
const maxPasses = 5

// run copies, then deletes the original. The copy gets its final name only when it
// is complete, so a crash leaves either the original or both.
func (m *mover) run() error {
	part := m.to + partialEnd
	if err := os.RemoveAll(part); err != nil { // left by a crash
		return err
	}
	if err := m.copyAll(part); err != nil {
		os.RemoveAll(part)
		return err
	}
	return m.deleteOriginal()
}

// copyAll copies until a pass finds no change, then gives the copy its final name.
func (m *mover) copyAll(part string) error {
	m.copied = map[string]content.Identity{}
	if err := m.measure(); err != nil {
		return err
	}
	for range maxPasses {
		changes, err := m.pass(part)
		if err != nil {
			return err
		}
		if !changes {
			return os.Rename(part, m.to)
		}
	}
	return ErrChanges
}

func (m *mover) measure() error {
	return filepath.WalkDir(m.from, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return ignoreGone(err)
		}
		m.total += info.Size()
		return nil
	})
}

// pass brings the copy up to date with the original: it copies new and changed
// files and deletes removed ones. It reports whether the copy changed.
func (m *mover) pass(part string) (changes bool, err error) {
	there := map[string]bool{}
	m.folders = nil
	err = filepath.WalkDir(m.from, func(p string, e fs.DirEntry, err error) error {
		if err := errors.Join(err, m.ctx.Err()); err != nil {
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
	if err != nil {
		return changes, err
	}
	for rel := range m.copied {
		if there[rel] {
			continue
		}
		changes = true
		delete(m.copied, rel)
		if err := os.Remove(filepath.Join(part, rel)); err != nil {
			return changes, err
		}
	}
	return changes, nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// copy copies one file or symbolic link unless the copy is already up to date. It
// reports whether it copied.
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
		return false, nil // skip pipes, sockets and devices
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

// copyFile copies a file, syncs the copy and verifies it by reading it again.
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
		return fmt.Errorf("the copy of %s differs from the original; check the drive", from)
	}
	err = out.Close()
	return errors.Join(err, os.Chtimes(to, info.ModTime(), info.ModTime()), os.Chmod(to, info.Mode().Perm()))
}

// reading reports progress and stops when the move's context ends.
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

// identify returns the identity of a file's or symbolic link's current version.
func identify(path string, info fs.FileInfo) (content.Identity, error) {
	if info.Mode().IsRegular() {
		return content.Glance(path)
	}
	return content.Seen(path, info), nil
}

// isCopied reports whether the copy equals the original's current version. The
// change time also differs when another hard link to the file was deleted; so
// files of equal size are compared by content.
func (m *mover) isCopied(original, copied string, then content.Identity) (bool, error) {
	info, err := os.Lstat(original)
	if err != nil {
		return false, err
	}
	now, err := identify(original, info)
	if err != nil {
		return false, err
	}
	if then.Same(now) {
		return true, nil
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

// deleteOriginal deletes every copied file that has not changed since. It deletes
// the mark first, so that the remains are no longer a work folder.
func (m *mover) deleteOriginal() error {
	left := ignoreGone(os.Remove(filepath.Join(m.from, place.RootMark)))
	for rel, id := range m.copied {
		name := filepath.Join(m.from, rel)
		left = errors.Join(left, ignoreGone(m.deleteFile(name, filepath.Join(m.to, rel), id)))
	}
	for _, rel := range slices.Backward(m.folders) { // nested folders first
		left = errors.Join(left, ignoreGone(os.Remove(filepath.Join(m.from, rel))))
	}
	if left != nil {
		return fmt.Errorf("%w: %w", ErrLeftBehind, left)
	}
	return nil
}

// deleteFile deletes an original unless it has changed since it was copied.
func (m *mover) deleteFile(original, copied string, then content.Identity) error {
	same, err := m.isCopied(original, copied, then)
	if err != nil {
		return err
	}
	if !same {
		return fmt.Errorf("%s has changed", original)
	}
	return os.Remove(original)
}
