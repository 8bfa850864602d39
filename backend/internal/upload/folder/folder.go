package folder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
	"handover/internal/atomicfile"
)

// Config is the folder of a [Store] and its behavior.
type Config struct {
	Dir     string
	Reserve int64 // bytes of the disk that stay free; 0: no reserve
	Now     func() time.Time
	Log     *slog.Logger
}

// Store keeps content in a folder of this computer, and implements the interfaces
// of package content. It is safe for concurrent use. No two processes may have the
// same folder open.
type Store struct {
	Config
	// Link is [os.Link]. A test may replace it before the store is used.
	Link func(existing, name string) error

	boot    string // see bootID
	buffers content.Buffers
	saves   content.Group[*writing] // infos waiting for the disk
	sharing sync.Mutex              // held while content becomes a link
}

// Open creates a missing folder.
func Open(c Config) (*Store, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	d := &Store{Config: c, Link: os.Link, boot: bootID()}
	d.saves.Act = d.writeAll
	return d, nil
}

const (
	infoExt = ".info"
	doneExt = ".done"
	dataExt = ".data"
	tempExt = ".info.tmp"
)

func (d *Store) name(id, ext string) string { return filepath.Join(d.Dir, id+ext) }

// Read implements [content.Infos].
func (d *Store) Read(id string) (content.Info, error) {
	// An .info becomes a .done and never the reverse. This order therefore finds an
	// upload that finishes at the same time.
	raw, err := os.ReadFile(d.name(id, infoExt))
	done := errors.Is(err, fs.ErrNotExist)
	if done {
		raw, err = os.ReadFile(d.name(id, doneExt))
	}
	if err != nil {
		return content.Info{}, fmt.Errorf("read the info of upload %s: %w", id, err)
	}
	in, err := content.ParseInfo(id, raw)
	if err != nil {
		return content.Info{}, err
	}
	in.Recorded = done
	return in, nil
}

// writing is an info that is being written.
type writing struct {
	in   content.Info
	temp *os.File
	err  error
}

// Write implements [content.Infos].
func (d *Store) Write(in content.Info) error {
	in.Boot = d.boot
	w := &writing{in: in}
	if err := d.saves.Do(w); err != nil {
		return err
	}
	return w.err
}

// writeAll makes infos durable. After a crash, either the old or the new info is
// complete. Each writing gets its own error. All infos are written before the first sync,
// so that one commit of the file system's journal includes most of them.
func (d *Store) writeAll(all []*writing) error {
	for _, w := range all {
		w.err = w.begin(d.name(w.in.ID, tempExt))
	}
	for _, w := range all {
		if w.err = w.end(d.name(w.in.ID, infoExt)); w.err != nil {
			_ = remove(d.name(w.in.ID, tempExt))
			w.err = fmt.Errorf("write the info of upload %s: %w", w.in.ID, w.err)
		}
	}
	return syncDir(d.Dir)
}

func (w *writing) begin(name string) error {
	raw, err := json.Marshal(w.in)
	if err != nil {
		return err
	}
	w.temp, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := w.temp.Write(raw); err != nil {
		return errors.Join(err, w.temp.Close())
	}
	startWriteback(w.temp, 0, int64(len(raw)))
	return nil
}

// end syncs the file and gives it its name. It returns the error of begin, if any.
func (w *writing) end(name string) error {
	if w.err != nil {
		return w.err
	}
	if err := errors.Join(w.temp.Sync(), w.temp.Close()); err != nil {
		return err
	}
	return rename(w.temp.Name(), name)
}

// MarkDone implements [content.Infos]. The mark saves work when the folder is opened. It
// also keeps the record in case an older ledger is restored. It is not synced.
func (d *Store) MarkDone(in content.Info) error {
	err := writeDone(d.name(in.ID, doneExt), in)
	if err != nil {
		_ = remove(d.name(in.ID, doneExt))
	}
	return errors.Join(err, remove(d.name(in.ID, infoExt)))
}

func writeDone(name string, in content.Info) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return os.WriteFile(name, raw, 0o600)
}

// Remove implements [content.Infos]. It deletes the info first: a crash then leaves
// a data file without an info, which no request can reach.
func (d *Store) Remove(id string) error {
	for _, ext := range []string{infoExt, doneExt, dataExt, tempExt} {
		if err := remove(d.name(id, ext)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove upload %s: %w", id, err)
		}
	}
	return syncDir(d.Dir)
}

// RemoveContent implements [content.Writer].
func (d *Store) RemoveContent(id string) error {
	err := remove(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Lead implements [content.Writer]. The first part becomes the beginning of the
// final upload; its bytes are neither copied nor hashed again.
func (d *Store) Lead(final, first content.Info) content.Info {
	final.Offset, final.HashState = first.Size, first.HashState
	return final
}

// Follow implements [content.Writer].
func (d *Store) Follow(final, first content.Info) error {
	err := rename(d.name(first.ID, dataExt), d.name(final.ID, dataExt))
	if errors.Is(err, fs.ErrNotExist) { // an empty upload may have no file
		return nil
	}
	return err
}

// openData opens the content for appending to it.
func (d *Store) openData(id string) (*os.File, error) {
	return os.OpenFile(d.name(id, dataExt), os.O_RDWR|os.O_CREATE, 0o600)
}

// Size implements [content.Reader].
func (d *Store) Size(id string) (int64, error) {
	st, err := os.Stat(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("size of upload %s: %w", id, err)
	}
	return st.Size(), nil
}

// Open implements [content.Reader].
func (d *Store) Open(_ context.Context, id string) (io.ReadSeekCloser, error) {
	f, err := os.Open(d.name(id, dataExt))
	if err != nil {
		return nil, err // not f: a nil *os.File makes a non-nil interface
	}
	return f, nil
}

// Holds implements [content.Reader].
func (d *Store) Holds(u order.Upload) (bool, error) {
	st, err := os.Stat(d.name(u.ID, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return st.Size() == u.Size, nil
}

// Flush implements [content.Writer].
func (d *Store) Flush() error { return syncDir(d.Dir) }

// Space implements [content.Housekeeping].
func (d *Store) Space() (int64, error) { return spaceLeft(d.Dir) }

// Close implements [content.Housekeeping].
func (d *Store) Close() {}

// Remote implements [content.Housekeeping].
func (d *Store) Remote() bool { return false }

// ownerName is the file that names the owner of the content.
const ownerName = "owner"

// Owner implements [content.Housekeeping].
func (d *Store) Owner(mine string) (string, error) {
	raw, err := os.ReadFile(d.name(ownerName, ""))
	if !errors.Is(err, fs.ErrNotExist) {
		return strings.TrimSpace(string(raw)), err
	}
	return mine, atomicfile.Replace(d.name(ownerName, ""), atomicfile.Text(mine+"\n"))
}

// checkReserve returns [content.ErrReserve] when only the reserve of the disk is free.
// Without a reserve, a write to a full disk fails.
func (d *Store) checkReserve() error {
	if d.Reserve <= 0 {
		return nil
	}
	left, err := d.Space()
	if err != nil {
		return fmt.Errorf("read the free space: %w", err)
	}
	if left < d.Reserve {
		return content.ErrReserve
	}
	return nil
}

// Ready implements [content.Housekeeping].
func (d *Store) Ready(reserve int64) error {
	probe, err := os.CreateTemp(d.Dir, "ready-*.tmp")
	if err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	left, err := spaceLeft(d.Dir)
	if err != nil {
		return fmt.Errorf("read the free space: %w", err)
	}
	if left < reserve {
		return fmt.Errorf("%d bytes are free on the disk of uploads; the minimum is %d", left, reserve)
	}
	return nil
}
