// Package logfile writes the log of a program without a terminal to files of limited size.
package logfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// File is a log in a folder: handover.log, and older files numbered from 1. It is safe for
// concurrent use.
type File struct {
	dir  string
	most int64 // largest size of a file
	keep int   // number of older files

	mu   sync.Mutex
	file *os.File // nil until the first Write
	size int64
}

const (
	name = "handover.log"
	most = 1 << 20
	keep = 3
)

// New returns a log in a folder. The first Write creates the folder and the file.
func New(dir string) *File { return &File{dir: dir, most: most, keep: keep} }

// Dir returns the folder of the files.
func (f *File) Dir() string { return f.dir }

// Write adds a line to the log. It never fails, because a program must not stop when it
// cannot log.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil && f.size+int64(len(line)) > f.most {
		f.rotate()
	}
	if f.file == nil && f.open() != nil {
		return len(line), nil
	}
	n, err := f.file.Write(line)
	f.size += int64(n)
	if err != nil {
		_ = f.close() // try again with the next line
	}
	return len(line), nil
}

// Close closes the log; a later Write opens it again.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.close()
}

func (f *File) open() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path(0), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file, f.size = file, info.Size()
	if f.size >= f.most {
		f.rotate()
	}
	return nil
}

func (f *File) close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file, f.size = nil, 0
	return err
}

// rotate starts a new file. If renaming fails, it continues with the old file.
func (f *File) rotate() {
	_ = f.close()
	for n := f.keep; n > 0; n-- {
		_ = os.Rename(f.path(n-1), f.path(n))
	}
	file, err := os.OpenFile(f.path(0), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	f.file, f.size = file, 0
}

func (f *File) path(n int) string {
	if n == 0 {
		return filepath.Join(f.dir, name)
	}
	return filepath.Join(f.dir, fmt.Sprintf("handover.%d.log", n))
}
