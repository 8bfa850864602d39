package tus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"

	"handover/app/internal/content"
)

// checkpointEvery is the number of bytes between two checkpoints: at most these are
// hashed again after a crash.
const checkpointEvery = 64 << 20

// Checkpoint is the state of a partly hashed file, so that a later call need not hash
// the file from its beginning. It can be encoded as JSON. The zero value is an empty
// checkpoint; invalid states are ignored.
type Checkpoint struct {
	Offset int64  `json:"offset,omitempty"` // number of bytes that State covers
	State  []byte `json:"state,omitempty"`  // of the SHA-256, as marshalled by Go
}

// Matches reads the part of the file that the checkpoint covers, and reports whether it
// has the same hash. It also returns the identity of the file that it read. report, which
// may be nil, receives the number of bytes read; errors are those of [content.Digest].
func (c Checkpoint) Matches(ctx context.Context, path string, report func(done int64)) (bool, content.Identity, error) {
	sum := sha256.New()
	id, err := content.Read(ctx, path, sum, c.Offset, report)
	if err != nil {
		return false, id, err
	}
	state, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	return err == nil && bytes.Equal(state, c.State), id, nil
}

// resumeAt restores the hash from c.
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

// note reports the state of the hash if it has advanced since the last report.
func (s *source) note() {
	if s.hashed == s.noted {
		return
	}
	state, err := s.sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return // the file is hashed again, as without a checkpoint
	}
	s.noted = s.hashed
	s.checkpoint(Checkpoint{Offset: s.hashed, State: state})
}
