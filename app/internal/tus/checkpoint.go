package tus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"

	"handover/app/internal/content"
)

// checkpointEvery is how much is hashed between two checkpoints: what a crash
// of this computer makes it read again.
const checkpointEvery = 64 << 20

// Checkpoint is how far a file has been hashed, so that a later call need not
// read it again from its beginning. It survives encoding/json. The zero value
// is none; one that is not understood counts as none.
type Checkpoint struct {
	Offset int64  `json:"offset,omitempty"` // bytes that State covers
	State  []byte `json:"state,omitempty"`  // of the SHA-256, as Go marshals it
}

// Matches reads the beginning of the file that the checkpoint covers, and
// reports whether it is what was hashed. The identity is that of the file when
// it was read. report, which may be nil, is told how many bytes have been read;
// errors are those of [content.Digest].
func (c Checkpoint) Matches(ctx context.Context, path string, report func(done int64)) (bool, content.Identity, error) {
	sum := sha256.New()
	id, err := content.Read(ctx, path, sum, c.Offset, report)
	if err != nil {
		return false, id, err
	}
	state, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	return err == nil && bytes.Equal(state, c.State), id, nil
}

// resumeAt takes the hash up where c left it.
func (s *source) resumeAt(c Checkpoint) {
	if c.Offset <= 0 || c.Offset > s.want.Size || len(c.State) == 0 {
		return
	}
	sum := sha256.New()
	if sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(c.State) != nil {
		return
	}
	s.sum, s.hashed, s.noted = sum, c.Offset, c.Offset
}

// note tells how far the hash is, if that has changed since it was told last.
func (s *source) note() {
	if s.hashed == s.noted {
		return
	}
	state, err := s.sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return // the file is read again, as without any checkpoint
	}
	s.noted = s.hashed
	s.checkpoint(Checkpoint{Offset: s.hashed, State: state})
}
