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

// Recovered describes what [Open] did about a damaged or missing file of drafts.
type Recovered struct {
	// SetAside is the path of the damaged file; "" if the file was missing.
	SetAside string `json:"set_aside,omitempty"`
	// From is the copy that replaced the file; "" if there was no copy and the
	// drafts are empty.
	From string `json:"from,omitempty"`
	// AsOf is when the copy was made.
	AsOf time.Time `json:"as_of,omitzero"`
}

const recoveredSetting = "recovered"

// Recovered returns the last recovery, by this or an earlier Open, until
// ForgetRecovered; false if there was no recovery.
func (s *Store) Recovered() (r Recovered, happened bool, err error) {
	err = s.Setting(recoveredSetting, &r)
	return r, r != Recovered{}, err
}

// ForgetRecovered clears the recovery. Call it once the seller knows about it.
func (s *Store) ForgetRecovered() error { return s.PutSetting(recoveredSetting, Recovered{}) }

// copyOf returns the path of the file's copy.
func copyOf(path string) string { return path + ".bak" }

// repair prepares the file at the path for opening: it sets a damaged file aside and
// restores the last good copy. distrust treats the file as damaged. copied is the
// transaction of the copy; 0 if no copy is usable. The caller holds the lock.
func repair(path string, now time.Time, distrust bool) (r Recovered, copied uint64, err error) {
	here, err := readFile(path)
	if err != nil && !errors.Is(err, ErrDamaged) {
		return r, 0, err
	}
	bad := err != nil || distrust
	kept, err := readFile(copyOf(path))
	switch {
	case errors.Is(err, ErrDamaged) && bad: // keep a damaged copy that may be needed
		if _, err := setAside(copyOf(path), now); err != nil {
			return r, 0, err
		}
	case errors.Is(err, ErrDamaged): // the next copy replaces it
	case err != nil:
		return r, 0, err
	default:
		copied = kept.tx
	}
	// A file that is older than its copy has lost writes.
	if !bad && here.tx >= copied {
		return r, copied, nil
	}
	r, err = replace(path, now, bad || here.tx != 0, copied != 0)
	return r, copied, err
}

// replace sets the file aside and restores the copy, as far as each exists.
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

// readFile returns the meta page of the file at the path, or ErrDamaged. It returns the
// zero value for a missing or empty file.
func readFile(path string) (meta, error) {
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
		return meta{}, fmt.Errorf("open the drafts: %s is not a regular file", path)
	}
	return verify(f, info.Size())
}

// setAside renames a damaged file and returns the new name.
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

// restore copies the copy to the path and returns when the copy was made.
func restore(path string) (asOf time.Time, err error) {
	from, err := os.Open(copyOf(path))
	if err != nil {
		return asOf, fmt.Errorf("restore the drafts: %w", err)
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return asOf, fmt.Errorf("restore the drafts: %w", err)
	}
	err = writeWhole(path, func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	}, func(*os.File) error { return nil })
	if err != nil {
		return asOf, fmt.Errorf("restore the drafts: %w", err)
	}
	return info.ModTime().UTC(), nil
}
