// Package content identifies the content of a file: by reading the file, or by its
// attributes if those prove that the file is unchanged since it was read.
package content

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

var (
	// ErrUnreadable is wrapped by the errors of files that cannot be read.
	ErrUnreadable = errors.New("the file cannot be read")
	// ErrChanged is returned for a file that changes while it is being read.
	ErrChanged = errors.New("the file changes while it is read")
)

// Identity holds the attributes that distinguish one version of a file from others without
// reading it. It can be encoded as JSON. Compare identities with Same, not with ==.
type Identity struct {
	Size    int64 `json:"size"`    // bytes
	ModTime int64 `json:"modTime"` // Unix time in nanoseconds; programs can set it
	// Changed is the change time, which programs cannot set, as Unix time in
	// nanoseconds. It is 0 if it is unknown or if the file system does not keep it
	// reliably. Then Inode and Device are 0, too.
	Changed int64  `json:"changed,omitempty"`
	Inode   uint64 `json:"inode"`
	Device  uint64 `json:"device"` // the volume of Inode
	// Firm is set by Begin if every later write must change Changed.
	Firm bool `json:"firm,omitempty"`
}

// Same reports whether the attributes show no change between the two. This is not a proof:
// see Proves. A volume may get a new device number when it is mounted again (after a
// restart, or when a drive is plugged in), so inodes count only on equal devices.
func (id Identity) Same(other Identity) bool {
	if id.Size != other.Size || id.ModTime != other.ModTime {
		return false
	}
	if id.Changed != 0 && other.Changed != 0 && id.Changed != other.Changed {
		return false
	}
	return id.Device != other.Device || id.Inode == other.Inode
}

// Proves reports whether content that was read under id is still the content of the file,
// whose current identity is now.
func (id Identity) Proves(now Identity) bool {
	return id.Firm && id.Changed == now.Changed && id.Same(now)
}

const (
	// A change within one tick of the file system's clock does not alter the change time
	// (git calls such a file racy). Systems tick every 16 ms or faster; some file
	// systems store whole seconds.
	tick      = 20 * time.Millisecond
	tickWhole = 2 * time.Second

	// A write through a memory map sets the change time only if it is the first one since
	// the page was written to the disk. So Begin flushes large files. Smaller files are
	// not worth the wait: systems flush within half a minute.
	large     = 1 << 20
	writeback = time.Minute
)

// racy is the least age of a version at the time of reading that makes a later change
// visible.
func (id Identity) racy() time.Duration {
	if id.Changed%int64(time.Second) == 0 {
		return tickWhole
	}
	return tick
}

// age returns the age of the version.
func (id Identity) age() time.Duration { return time.Duration(time.Now().UnixNano() - id.Changed) }

// Identify opens the file at path, to check that it can be read, and identifies it. It
// follows symbolic links and requires a regular file. Errors wrap ErrUnreadable.
func Identify(path string) (Identity, error) {
	f, err := Open(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	return Of(f)
}

// Glance is Identify for a file that was identified before. Where the system allows it, the
// file is not opened.
func Glance(path string) (Identity, error) { return glance(path) }

// Begin identifies a file before it is read. The content read after Begin is the file's
// content as long as the identity Proves later results of Glance or Begin.
func Begin(path string) (Identity, error) {
	f, err := Open(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	return begin(f)
}

func begin(f *os.File) (Identity, error) {
	id, err := Of(f)
	if err != nil || id.Changed == 0 {
		return id, err
	}
	rest := writeback
	if id.Size > large && flush(f) {
		if id, err = Of(f); err != nil {
			return id, err
		}
		rest = id.racy()
	}
	id.Firm = id.Changed != 0 && id.age() > rest
	return id, nil
}

// Open opens a regular file for reading. Other programs may rename or delete it while it is
// open. Open checks the type first, because opening a named pipe would wait for a
// writer. Errors wrap ErrUnreadable.
func Open(path string) (*os.File, error) {
	if _, err := regular(path); err != nil {
		return nil, err
	}
	f, err := openShared(path)
	if err != nil {
		return nil, unreadable(err)
	}
	return f, nil
}

// regular returns the attributes of a regular file without opening it.
func regular(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, unreadable(&fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")})
	}
	return info, nil
}

func unreadable(err error) error { return fmt.Errorf("%w: %w", ErrUnreadable, err) }
