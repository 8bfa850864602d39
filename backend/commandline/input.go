package commandline

import (
	"errors"
	"io"
	"os"
)

// ErrTooMuch is returned by [Input] for more than it may read.
var ErrTooMuch = errors.New("the file is too large")

// Input reads a file whole, or the standard input for "-". It reads at most so
// many bytes, and returns ErrTooMuch for more.
func Input(file string, s Streams, most int64) ([]byte, error) {
	in := s.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(raw)) > most {
		err = ErrTooMuch
	}
	return raw, err
}
