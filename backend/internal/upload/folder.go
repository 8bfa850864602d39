package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// folder is the medium that is a folder of this computer.
type folder struct {
	dir     string
	s       *Service
	boot    string                  // see bootID
	saves   content.Group[*writing] // that wait for the disk
	sharing sync.Mutex              // held while content becomes a link
	// link is os.Link; tests take links away.
	link func(existing, name string) error
}

// openFolder makes the folder if need be.
func openFolder(s *Service) (*folder, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, err
	}
	d := &folder{dir: s.Dir, s: s, boot: bootID(), link: os.Link}
	d.saves.Act = d.writeAll
	return d, nil
}

const (
	infoExt = ".info"
	doneExt = ".done"
	dataExt = ".data"
	tempExt = ".info.tmp"
)

func (d *folder) name(id, ext string) string { return filepath.Join(d.dir, id+ext) }

// read returns an error that is fs.ErrNotExist when there is no such upload,
// and one that is errDamaged when its info file makes no sense.
func (d *folder) read(id string) (content.Info, error) {
	// An .info becomes a .done and never the reverse, so that looking in this
	// order cannot miss an upload that finishes meanwhile.
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

// writing is an info on its way to the disk.
type writing struct {
	in   content.Info
	temp *os.File
	err  error
}

// write implements [medium].
func (d *folder) write(in content.Info) error {
	in.Boot = d.boot
	w := &writing{in: in}
	err := d.saves.Do(w)
	if err == nil {
		err = w.err
	}
	return err
}

// writeAll makes infos durable under their uploads' IDs: after a crash either the
// old or the new one is there whole. What goes wrong with one is its error. All
// are written before the first is synced, so that one commit of the file
// system's journal takes most of them along.
func (d *folder) writeAll(all []*writing) error {
	for _, w := range all {
		w.err = d.begin(w)
	}
	for _, w := range all {
		if w.err == nil {
			w.err = d.put(w)
		}
		if w.err != nil {
			_ = remove(d.name(w.in.ID, tempExt))
			w.err = fmt.Errorf("write the info of upload %s: %w", w.in.ID, w.err)
		}
	}
	return syncDir(d.dir)
}

func (d *folder) begin(w *writing) error {
	raw, err := json.Marshal(w.in)
	if err != nil {
		return err
	}
	w.temp, err = os.OpenFile(d.name(w.in.ID, tempExt), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := w.temp.Write(raw); err != nil {
		return errors.Join(err, w.temp.Close())
	}
	startWriteback(w.temp, 0, int64(len(raw)))
	return nil
}

func (d *folder) put(w *writing) error {
	if err := errors.Join(w.temp.Sync(), w.temp.Close()); err != nil {
		return err
	}
	return rename(w.temp.Name(), d.name(w.in.ID, infoExt))
}

// markDone notes that the ledger has the upload. It saves work when the folder
// is opened, and all that is known should the ledger be an older one. Nothing
// depends on it, and it is therefore not synced.
func (d *folder) markDone(in content.Info) error {
	raw, err := json.Marshal(in)
	if err == nil {
		err = os.WriteFile(d.name(in.ID, doneExt), raw, 0o600)
	}
	if err != nil {
		_ = remove(d.name(in.ID, doneExt))
	}
	return errors.Join(err, remove(d.name(in.ID, infoExt)))
}

// remove deletes all of an upload, its info first: what a crash leaves over is
// then a data file without an info, which no request can reach.
func (d *folder) remove(id string) error {
	for _, ext := range []string{infoExt, doneExt, dataExt, tempExt} {
		if err := remove(d.name(id, ext)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove upload %s: %w", id, err)
		}
	}
	return syncDir(d.dir)
}

// removeContent deletes content that never became an upload, if there is any.
func (d *folder) removeContent(id string) error {
	err := remove(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// lead implements [medium]: the first part becomes the beginning of the whole as
// it is; its bytes are neither copied nor hashed again.
func (d *folder) lead(final *content.Info, first content.Info) {
	final.Offset, final.HashState = first.Size, first.HashState
}

// follow implements [medium].
func (d *folder) follow(final, first content.Info) error {
	err := rename(d.name(first.ID, dataExt), d.name(final.ID, dataExt))
	if errors.Is(err, fs.ErrNotExist) { // there is none while an upload is empty
		return nil
	}
	return err
}

// openData opens the content for appending to it.
func (d *folder) openData(id string) (*os.File, error) {
	return os.OpenFile(d.name(id, dataExt), os.O_RDWR|os.O_CREATE, 0o600)
}

// size is 0 when there is no data yet.
func (d *folder) size(id string) (int64, error) {
	st, err := os.Stat(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("size of upload %s: %w", id, err)
	}
	return st.Size(), nil
}

// open implements [medium].
func (d *folder) open(_ context.Context, id string) (io.ReadSeekCloser, error) {
	f, err := os.Open(d.name(id, dataExt))
	if err != nil {
		return nil, err // never a nil file in an interface
	}
	return f, nil
}

// holds implements [medium].
func (d *folder) holds(u order.Upload) (bool, error) {
	st, err := os.Stat(d.name(u.ID, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && st.Size() == u.Size, err
}

// settle implements [medium].
func (d *folder) settle(t taken) error { return syncData(t.file) }

// flush implements [medium].
func (d *folder) flush() error { return syncDir(d.dir) }

// space implements [medium].
func (d *folder) space() (int64, error) { return spaceLeft(d.dir) }

// survey implements [medium]: nobody else has the folder open.
func (d *folder) survey(context.Context) error { return nil }

// look implements [medium].
func (d *folder) look(_ context.Context, id string) (content.Info, bool) { return d.s.open.get(id) }

// close implements [medium].
func (d *folder) close() {}

// finished implements [medium].
func (d *folder) finished(ctx context.Context, id string) error {
	in, err := d.s.load(ctx, id)
	if err == nil && !in.Whole() {
		err = content.NotFound()
	}
	return err
}
