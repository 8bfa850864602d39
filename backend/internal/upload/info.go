package upload

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"handover/backend/order"
)

// info is what the folder knows of one upload.
type info struct {
	ID        string    `json:"id"`
	SellerID  string    `json:"seller_id"`
	OrderID   string    `json:"order_id"`
	Path      string    `json:"path"`
	Size      int64     `json:"size"`
	CreatedAt time.Time `json:"created_at"`
	// TouchedAt is when the upload last got a byte.
	TouchedAt time.Time `json:"touched_at,omitzero"`
	// Offset counts the bytes that are on stable storage.
	Offset int64 `json:"offset"`
	// Boot is the run of the operating system in which this was written.
	Boot string `json:"boot,omitempty"`
	// HashState is the marshalled SHA-256 of the first Offset bytes, so that a
	// resumed upload need not read them again.
	HashState []byte `json:"hash_state,omitempty"`

	// Partial marks a part of an upload to come; the ledger never has it.
	Partial bool `json:"partial,omitempty"`
	// Parts are what a final upload is put together from, in this order.
	Parts []part `json:"parts,omitempty"`

	// The rest is set when Offset reaches Size.
	SHA256     string    `json:"sha256,omitempty"`
	Type       string    `json:"type,omitempty"`
	FinishedAt time.Time `json:"finished_at,omitzero"`

	// recorded means that the ledger has had this upload: it came from a .done
	// file or from the ledger itself.
	recorded bool
}

func (in info) whole() bool { return in.Offset == in.Size }

func (in info) final() bool { return len(in.Parts) > 0 }

// upload is the record that the ledger gets.
func (in info) upload() order.Upload {
	return order.Upload{
		ID: in.ID, SellerID: in.SellerID, OrderID: in.OrderID, Path: in.Path,
		Size: in.Size, SHA256: in.SHA256, Type: in.Type, FinishedAt: in.FinishedAt,
	}
}

func infoOf(u order.Upload) info {
	return info{
		ID: u.ID, SellerID: u.SellerID, OrderID: u.OrderID, Path: u.Path,
		Size: u.Size, Offset: u.Size, CreatedAt: u.FinishedAt,
		SHA256: u.SHA256, Type: u.Type, FinishedAt: u.FinishedAt, recorded: true,
	}
}

// errDamaged means that there is an info file that cannot be understood.
var errDamaged = errors.New("the info file is damaged")

const (
	infoExt = ".info"
	doneExt = ".done"
	dataExt = ".data"
	tempExt = ".info.tmp"
)

// folder is the directory of uploads. IDs are valid before they get here.
type folder struct{ dir string }

func (d folder) name(id, ext string) string { return filepath.Join(d.dir, id+ext) }

// read returns an error that is fs.ErrNotExist when there is no such upload,
// and one that is errDamaged when its info file makes no sense.
func (d folder) read(id string) (info, error) {
	// An .info becomes a .done and never the reverse, so that looking in this
	// order cannot miss an upload that finishes meanwhile.
	raw, err := os.ReadFile(d.name(id, infoExt))
	done := errors.Is(err, fs.ErrNotExist)
	if done {
		raw, err = os.ReadFile(d.name(id, doneExt))
	}
	if err != nil {
		return info{}, fmt.Errorf("read the info of upload %s: %w", id, err)
	}
	var in info
	if err := json.Unmarshal(raw, &in); err != nil {
		return info{}, fmt.Errorf("upload %s: %w: %w", id, errDamaged, err)
	}
	if in.ID != id || in.SellerID == "" || in.OrderID == "" || in.Offset < 0 || in.Offset > in.Size || order.CheckPath(in.Path) != nil {
		return info{}, fmt.Errorf("upload %s: %w: its values contradict each other", id, errDamaged)
	}
	in.recorded = done
	return in, nil
}

// writing is an info on its way to the disk.
type writing struct {
	in   info
	temp *os.File
	err  error
}

// write makes infos durable under their uploads' IDs: after a crash either the
// old or the new one is there whole. What goes wrong with one is its error. All
// are written before the first is synced, so that one commit of the file
// system's journal takes most of them along.
func (d folder) write(all []*writing) error {
	for _, w := range all {
		w.err = d.begin(w)
	}
	for _, w := range all {
		if w.err == nil {
			w.err = d.put(w)
		}
		if w.err != nil {
			os.Remove(d.name(w.in.ID, tempExt))
			w.err = fmt.Errorf("write the info of upload %s: %w", w.in.ID, w.err)
		}
	}
	return syncDir(d.dir)
}

func (d folder) begin(w *writing) error {
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

func (d folder) put(w *writing) error {
	if err := errors.Join(w.temp.Sync(), w.temp.Close()); err != nil {
		return err
	}
	return os.Rename(w.temp.Name(), d.name(w.in.ID, infoExt))
}

// markDone notes that the ledger has the upload. It saves work when the folder
// is opened, and all that is known should the ledger be an older one. Nothing
// depends on it, and it is therefore not synced.
func (d folder) markDone(in info) error {
	raw, err := json.Marshal(in)
	if err == nil {
		err = os.WriteFile(d.name(in.ID, doneExt), raw, 0o600)
	}
	if err != nil {
		os.Remove(d.name(in.ID, doneExt))
	}
	return errors.Join(err, os.Remove(d.name(in.ID, infoExt)))
}

// remove deletes all of an upload, its info first: what a crash leaves over is
// then a data file without an info, which no request can reach.
func (d folder) remove(id string) error {
	for _, ext := range []string{infoExt, doneExt, dataExt, tempExt} {
		if err := os.Remove(d.name(id, ext)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove upload %s: %w", id, err)
		}
	}
	return syncDir(d.dir)
}

// removeData deletes content that never became an upload, if there is any.
func (d folder) removeData(id string) error {
	err := os.Remove(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// takeData makes the content of one upload that of another.
func (d folder) takeData(from, to string) error {
	err := os.Rename(d.name(from, dataExt), d.name(to, dataExt))
	if errors.Is(err, fs.ErrNotExist) { // there is none while an upload is empty
		return nil
	}
	return err
}

// openData opens the content for appending to it.
func (d folder) openData(id string) (*os.File, error) {
	return os.OpenFile(d.name(id, dataExt), os.O_RDWR|os.O_CREATE, 0o600)
}

// dataSize is 0 when there is no data yet.
func (d folder) dataSize(id string) (int64, error) {
	st, err := os.Stat(d.name(id, dataExt))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("size of upload %s: %w", id, err)
	}
	return st.Size(), nil
}
