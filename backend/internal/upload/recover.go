package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"handover/backend/internal/upload/content"
)

// caughtUp returns what the ledger has of an upload that is not whole by its
// info: the last is not noted there when the ledger takes it over, and a crash
// or a full disk may have come before the info was removed.
func (s *Service) caughtUp(ctx context.Context, in content.Info) (content.Info, error) {
	if in.Whole() {
		return in, nil
	}
	return s.byLedger(ctx, in)
}

// byLedger returns what the ledger has of an upload, or the upload as it is when
// the ledger does not have it.
func (s *Service) byLedger(ctx context.Context, in content.Info) (content.Info, error) {
	u, err := s.Ledger.Upload(ctx, in.ID)
	if content.IsNotFound(err) {
		return in, nil
	}
	done := content.InfoOf(u)
	done.Parts = in.Parts
	return done, err
}

// recoverDamaged answers for an upload whose info cannot be read: from the
// ledger when it has the upload. Otherwise nobody can say whose it was or how
// much of it is good, and it is removed; errDamaged says so.
func (s *Service) recoverDamaged(ctx context.Context, id string, damage error) (content.Info, error) {
	u, err := s.Ledger.Upload(ctx, id)
	if err == nil {
		return content.InfoOf(u), nil
	}
	if !content.IsNotFound(err) {
		return content.Info{}, fmt.Errorf("upload %s: ask the ledger: %w", id, err)
	}
	s.Log.Warn("a damaged upload is removed", "upload", id, "error", damage)
	if err := s.erase(id); err != nil {
		return content.Info{}, err
	}
	return content.Info{}, damage
}

// load returns what is known of an upload, or an error with the code
// order.NotFound, or errDamaged.
func (s *Service) load(ctx context.Context, id string) (content.Info, error) {
	in, err := s.infos.Read(id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		u, err := s.Ledger.Upload(ctx, id)
		if content.IsNotFound(err) {
			return content.Info{}, content.NotFound()
		}
		return content.InfoOf(u), err
	case errors.Is(err, content.ErrDamaged):
		return s.recoverDamaged(ctx, id, err)
	case err != nil:
		return in, err
	}
	return s.caughtUp(ctx, in)
}

// mend takes an upload back to the bytes that its store has, when some are missing.
// What the ledger has recorded stays as it is; the integrity check reports it. A
// part may have given its content to a final upload.
func (s *Service) mend(in content.Info) (content.Info, error) {
	left, err := s.upkeep.Mend(in)
	if err != nil || in.Recorded || left.Offset == in.Offset || s.open.usedBy(in.ID) != "" {
		return in, err
	}
	s.Log.Warn("an upload has lost bytes and goes on from what is there", "upload", in.ID, "offset", in.Offset, "left", left.Offset)
	return left, nil
}
