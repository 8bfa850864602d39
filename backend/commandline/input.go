package commandline

import (
	"errors"
	"io"
	"os"
)

// ErrTooMuch is returned by [Input] for a file above the limit.
var ErrTooMuch = errors.New("the file is too large")

// Input reads a whole file, or the standard input for "-". It returns ErrTooMuch
// for more than most bytes.
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
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > most {
		return nil, ErrTooMuch
	}
	return raw, nil
}
