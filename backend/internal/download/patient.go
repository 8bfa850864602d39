package download

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// A download may last for days, so only the time of one step is limited. A
	// client slower than about 1.7 kB/s counts as disconnected.
	step     = 1 << 20
	stepTime = 10 * time.Minute
)

// patient is a ResponseWriter that extends its write deadline with every step,
// independent of the server's own timeout.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func newPatient(w http.ResponseWriter) *patient {
	return &patient{w, http.NewResponseController(w)}
}

// Unwrap lets http.ResponseController reach the connection.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// extend ignores errors of connections without deadlines.
func (p *patient) extend() { _ = p.control.SetWriteDeadline(time.Now().Add(stepTime)) }

func (p *patient) Write(b []byte) (int, error) {
	written := 0
	for {
		p.extend()
		n, err := p.ResponseWriter.Write(b[written:min(len(b), written+step)])
		written += n
		if err != nil || written == len(b) {
			return written, err
		}
	}
}

// ReadFrom copies in steps. The server can use sendfile(2) for each, because the
// source of a step is a file below at most one limit.
func (p *patient) ReadFrom(src io.Reader) (int64, error) {
	limit, limited := src.(*io.LimitedReader)
	var written int64
	for {
		p.extend()
		part := &io.LimitedReader{R: src, N: step}
		if limited {
			part = &io.LimitedReader{R: limit.R, N: min(step, limit.N)}
		}
		want := part.N
		n, err := io.Copy(p.ResponseWriter, part)
		written += n
		if limited {
			limit.N -= n
		}
		if err != nil || n < want || (limited && limit.N <= 0) {
			return written, ignoreEOF(err)
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
