package tus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"handover/app/internal/content"
)

// borrowed reads a source's file, which it opens each time and which then still
// has to be the same.
type borrowed struct{ *source }

// ReadAt implements [io.ReaderAt].
func (b borrowed) ReadAt(p []byte, off int64) (int, error) {
	f, err := b.open()
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := b.check(f); err != nil {
		return 0, err
	}
	return f.ReadAt(p, off)
}

// open waits a while for programs that keep others from opening the file, such
// as one that saves it or looks for viruses.
func (b borrowed) open() (*os.File, error) {
	const pause, patience = 50 * time.Millisecond, 2 * time.Second
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		f, err := content.Open(b.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", ErrSourceChanged, err)
		case err == nil || time.Now().After(end):
			return f, err
		}
	}
}
