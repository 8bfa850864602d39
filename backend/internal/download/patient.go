package download

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// A download may last for days, so there is no limit on the whole, but on
	// how long a client may take for one step: slower than some 1.7 kB/s is
	// taken for gone.
	step     = 1 << 20
	stepTime = 10 * time.Minute
)

// patient is a ResponseWriter whose write deadline moves on with what is
// written, whatever the server's own timeout is.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func newPatient(w http.ResponseWriter) *patient {
	return &patient{w, http.NewResponseController(w)}
}

// Unwrap lets http.ResponseController reach the connection.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// extend is for connections that have deadlines; others need none.
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

// ReadFrom copies in steps, each in a way that lets the server use sendfile(2):
// for that its source must be a file under no more than one limit.
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
