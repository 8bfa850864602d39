package upload

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"handover/backend/internal/upload/bundle"
)

// bundled describes one file of a bundle in the answer.
type bundled struct {
	Location string `json:"location"`
	SHA256   string `json:"sha256"`
}

func isBundle(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == BasePath && r.Header.Get("Content-Type") == bundle.MediaType
}

// serveBundle answers with the addresses and digests of the new uploads, in the order
// of the bundle.
func (s *Service) serveBundle(a *answer, r *http.Request, rs *requestState) error {
	src := &timedReader{r.Body, http.NewResponseController(a), s.networkTimeout()}
	uploads, err := s.bundles.Receive(r.Context(), rs.seller, r.ContentLength, src)
	if err != nil {
		return err
	}
	list := make([]bundled, len(uploads))
	for i, in := range uploads {
		list[i] = bundled{s.publicPathOf(in.ID), in.SHA256}
	}
	a.Header().Set("Content-Type", "application/json")
	a.WriteHeader(http.StatusOK)
	_ = json.NewEncoder(a).Encode(list) // fails only when the client has hung up
	return nil
}

// timedReader gives up on a client that sends nothing for too long.
type timedReader struct {
	io.Reader
	conn *http.ResponseController
	wait time.Duration
}

func (t *timedReader) Read(b []byte) (int, error) {
	// A connection without deadlines has no timeout.
	_ = t.conn.SetReadDeadline(time.Now().Add(t.wait))
	n, err := t.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		_ = t.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}
