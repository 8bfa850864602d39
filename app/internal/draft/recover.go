package draft

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Recovered says what [Open] did about a file of drafts that was damaged or
// had gone.
type Recovered struct {
	// SetAside is where the damaged file is kept; "" when it had gone.
	SetAside string `json:"set_aside,omitempty"`
	// From is the copy that took its place; "" when there was none, and the
	// drafts begin anew.
	From string `json:"from,omitempty"`
	// AsOf is when that copy was made.
	AsOf time.Time `json:"as_of,omitzero"`
}

const recoveredSetting = "recovered"

// Recovered returns what was done about a damaged file, at this or an earlier
// opening, until ForgetRecovered; false for nothing.
func (s *Store) Recovered() (r Recovered, happened bool, err error) {
	err = s.Setting(recoveredSetting, &r)
	return r, r != Recovered{}, err
}

// ForgetRecovered is called once the seller knows.
func (s *Store) ForgetRecovered() error { return s.PutSetting(recoveredSetting, Recovered{}) }

// copyOf is where the copy of the file is kept.
func copyOf(path string) string { return path + ".bak" }

// mend makes sure that the file at the path can be opened: a damaged one is
// set aside and the last good copy takes its place. With distrust the file is
// taken for damaged. copied is the transaction of the copy, 0 for no usable
// one. The caller holds the lock.
func mend(path string, now time.Time, distrust bool) (r Recovered, copied uint64, err error) {
	here, err := look(path)
	if err != nil && !errors.Is(err, ErrDamaged) {
		return r, 0, err
	}
	bad := err != nil || distrust
	kept, err := look(copyOf(path))
	switch {
	case errors.Is(err, ErrDamaged) && bad: // nothing is thrown away that may hold something
		if _, err := setAside(copyOf(path), now); err != nil {
			return r, 0, err
		}
	case errors.Is(err, ErrDamaged): // the next copy takes its place
	case err != nil:
		return r, 0, err
	default:
		copied = kept.tx
	}
	// A file that is older than its copy has lost what was written to it.
	if !bad && here.tx >= copied {
		return r, copied, nil
	}
	r, err = replace(path, now, bad || here.tx != 0, copied != 0)
	return r, copied, err
}

// replace sets the file aside, if it is there, and restores the copy, if that
// is there.
func replace(path string, now time.Time, there, copied bool) (r Recovered, err error) {
	if there {
		if r.SetAside, err = setAside(path, now); err != nil {
			return r, err
		}
	}
	if copied {
		r.From = copyOf(path)
		r.AsOf, err = restore(path)
	}
	return r, err
}

// look returns the description of the file at the path, the zero value for a
// file that is not there or empty, and an error of ErrDamaged.
func look(path string) (meta, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return meta{}, nil
	}
	if err != nil {
		return meta{}, fmt.Errorf("open the drafts: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return meta{}, err
	}
	if !info.Mode().IsRegular() {
		return meta{}, fmt.Errorf("open the drafts: %s is no file", path)
	}
	return verify(f, info.Size())
}

// setAside gives the file a name that says what it is, and returns that.
func setAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	for n := 2; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%s-%d", path, now.UTC().Format("20060102T150405Z"), n)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set the damaged drafts aside: %w", err)
	}
	return aside, syncFolder(filepath.Dir(path))
}

// restore puts a copy of the copy at the path, and returns when it was made.
func restore(path string) (asOf time.Time, err error) {
	from, err := os.Open(copyOf(path))
	if err != nil {
		return asOf, fmt.Errorf("restore the drafts: %w", err)
	}
	defer from.Close()
	info, err := from.Stat()
	if err == nil {
		err = writeWhole(path, func(w io.Writer) error {
			_, err := io.Copy(w, from)
			return err
		}, func(*os.File) error { return nil })
	}
	if err != nil {
		return asOf, fmt.Errorf("restore the drafts: %w", err)
	}
	return info.ModTime().UTC(), nil
}
