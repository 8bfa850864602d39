package tus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"handover/app/internal/content"
)

// borrowed opens a source's file for each read and checks that it is unchanged.
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

// open retries for a while, because other programs, such as virus scanners, may
// briefly lock the file.
func (b borrowed) open() (*os.File, error) {
	const pause, patience = 50 * time.Millisecond, 2 * time.Second
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		f, err := content.Open(b.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%w: %w", ErrSourceChanged, err)
		case err != nil && time.Now().Before(end):
			continue
		}
		return f, err
	}
}
