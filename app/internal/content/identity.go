// Package content tells which content a file on this computer has: by reading
// the file, or by what the system says of it when that proves that the file is
// as it was when it was read.
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
	// ErrChanged is returned for a file that changes while it is read.
	ErrChanged = errors.New("the file changes while it is read")
)

// Identity is what the system says of a file: by it a version of the file is
// known from others without reading. It survives encoding/json. Compare two
// with Same, not with ==.
type Identity struct {
	Size    int64 `json:"size"`    // bytes
	ModTime int64 `json:"modTime"` // Unix time in nanoseconds; programs set it as they like
	// Changed is the time that the system sets with every change and that
	// programs cannot set back, as Unix time in nanoseconds. It is 0 if it is
	// not known, or if the file system keeps no such time. Then Inode and Device
	// are 0 as well.
	Changed int64  `json:"changed,omitempty"`
	Inode   uint64 `json:"inode"`
	Device  uint64 `json:"device"` // the volume that Inode belongs to
	// Firm is set by Begin when no write that comes later can leave Changed as
	// it is.
	Firm bool `json:"firm,omitempty"`
}

// Same reports whether nothing shows that the file has changed between the two.
// It is no proof: see Proves. Volumes get new device numbers when they are
// mounted again (a restart, a drive plugged in), so inodes count only where the
// devices are equal.
func (id Identity) Same(other Identity) bool {
	if id.Size != other.Size || id.ModTime != other.ModTime {
		return false
	}
	if id.Changed != 0 && other.Changed != 0 && id.Changed != other.Changed {
		return false
	}
	return id.Device != other.Device || id.Inode == other.Inode
}

// Proves reports whether content that was read under id is still the file's,
// which the system describes as now.
func (id Identity) Proves(now Identity) bool {
	return id.Firm && id.Changed == now.Changed && id.Same(now)
}

const (
	// A change within one tick of the file system's clock leaves the time of
	// change as it is (git calls such a file racy). Systems tick every 16 ms or
	// faster; some file systems keep whole seconds.
	tick      = 20 * time.Millisecond
	tickWhole = 2 * time.Second

	// A write through a memory map sets the time only when it is the first one
	// since the page was written to the disk. So Begin has large files written
	// first. Smaller ones are not worth the wait: systems do it within half a
	// minute by themselves.
	large     = 1 << 20
	writeback = time.Minute
)

// racy is how long a version must have been there when it is read, for a later
// change to show.
func (id Identity) racy() time.Duration {
	if id.Changed%int64(time.Second) == 0 {
		return tickWhole
	}
	return tick
}

// age is how long the version has been there.
func (id Identity) age() time.Duration { return time.Duration(time.Now().UnixNano() - id.Changed) }

// Identify opens the file at path, so that one that cannot be read is noticed,
// and identifies it. It follows symbolic links and wants a regular file. Errors
// wrap ErrUnreadable.
func Identify(path string) (Identity, error) {
	f, err := Open(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	return Of(f)
}

// Glance is Identify for a file that was identified before. Where the system
// allows it the file is not opened.
func Glance(path string) (Identity, error) { return glance(path) }

// Begin identifies a file whose content is about to be read. What is then read
// is the content of the file for as long as the identity Proves what Glance or
// Begin returns.
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

// Open opens a regular file for reading. Others may rename or delete it
// meanwhile. It looks before it opens, because opening a named pipe would wait
// for a writer. Errors wrap ErrUnreadable.
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

// regular looks at a regular file without opening it.
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
