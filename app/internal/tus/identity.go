package tus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Identity tells whether a path still leads to the same content without
// reading it. It is comparable and survives encoding/json; store it with the
// upload's URL.
//
// A program that writes a file and sets its time back, or writes twice within
// one tick of the file system's clock, is not noticed. The SHA-256 of the
// Result is what tells then.
type Identity struct {
	Size    int64  `json:"size"`    // bytes
	ModTime int64  `json:"modTime"` // Unix time in nanoseconds
	Inode   uint64 `json:"inode"`   // 0 if the system has none
	Device  uint64 `json:"device"`  // the volume that Inode belongs to
}

// Identify looks at the file at path, following symbolic links. It must be a
// regular file. Errors wrap ErrSource.
func Identify(path string) (Identity, error) {
	f, err := openRegular(path)
	if err != nil {
		return Identity{}, err
	}
	defer f.Close()
	return identify(f)
}

// Glance is Identify for a file that was identified before. Where the system
// allows it the file is not opened, so that one that cannot be read has an
// identity too.
func Glance(path string) (Identity, error) { return glance(path) }

// Same reports whether both describe the same content. Volumes get new device
// numbers when they are mounted again (a restart, a drive plugged in), so
// inodes count only where the devices are equal.
func (id Identity) Same(other Identity) bool {
	if id.Size != other.Size || id.ModTime != other.ModTime {
		return false
	}
	return id.Device != other.Device || id.Inode == other.Inode
}

// openRegular opens a regular file for reading. It looks before it opens,
// because opening a named pipe would wait for a writer.
func openRegular(path string) (*os.File, error) {
	if _, err := regular(path); err != nil {
		return nil, err
	}
	f, err := openShared(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	return f, nil
}

// regular looks at a regular file without opening it.
func regular(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %w", ErrSource,
			&fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")})
	}
	return info, nil
}

func identify(f *os.File) (Identity, error) {
	info, err := f.Stat()
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrSource, err)
	}
	return identityOf(f, info)
}

func identityOf(f *os.File, info fs.FileInfo) (id Identity, err error) {
	id = Identity{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	if id.Inode, id.Device, err = inode(f, info); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrSource, err)
	}
	return id, nil
}
