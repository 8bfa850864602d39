package upload

import (
	"context"
	"errors"
	"sync"

	"handover/backend/internal/upload/content"
)

// recover brings into order what the last run left, and counts the open uploads.
func (s *Service) recover(ctx context.Context) error {
	if s.upkeep.Remote() {
		return s.recoverShared(ctx)
	}
	found, err := s.upkeep.Recover(ctx)
	if err != nil {
		return err
	}
	// A part whose content went into a final upload lacks nothing, so final
	// uploads come first.
	for _, f := range found {
		if f.Orphan {
			continue
		}
		if in, err := s.infos.Read(f.ID); err == nil && in.Final() {
			s.open.put(in)
		}
	}
	for _, f := range found {
		if f.Orphan {
			s.recoverOrphan(ctx, f.ID)
			continue
		}
		// An upload that the disk cannot read does not stop the others.
		if err := s.recoverUpload(ctx, f.ID); err != nil {
			s.Log.Error("an upload could not be looked at", "upload", f.ID, "error", err)
		}
	}
	return nil
}

// recoverUpload continues an unfinished upload.
func (s *Service) recoverUpload(ctx context.Context, id string) error {
	in, err := s.infos.Read(id)
	if errors.Is(err, content.ErrDamaged) {
		if _, err := s.recoverDamaged(ctx, id, err); err != nil && !errors.Is(err, content.ErrDamaged) {
			s.Log.Error("a damaged upload stays as it is", "upload", id, "error", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if in, err = s.caughtUp(ctx, in); err != nil {
		return err
	}
	if in.Recorded {
		return s.infos.MarkDone(in)
	}
	if in, err = s.upkeep.Restore(in, s.save); err != nil {
		return err
	}
	if in, err = s.mend(in); err != nil {
		return err
	}
	s.open.put(in)
	if in.Final() {
		s.assemble(id) // runs beside the requests
		return nil
	}
	if in.Whole() && !in.Partial {
		if err := (&stored{s: s, in: in}).finish(ctx); err != nil {
			s.Log.Error("an upload is whole but could not be recorded", "upload", id, "error", err)
		}
	}
	return nil
}

// recoverOrphan handles content without an info. The ledger has the upload when it
// came in one request. Otherwise the content is left from a termination, or from a
// request that got no answer.
func (s *Service) recoverOrphan(ctx context.Context, id string) {
	_, err := s.Ledger.Upload(ctx, id)
	if content.IsNotFound(err) {
		err = s.erase(id)
	}
	if err != nil {
		s.Log.Error("content without an upload stays", "upload", id, "error", err)
	}
}

// recoverShared is recover of a store that other servers may be using: it changes
// an upload only under its lock.
func (s *Service) recoverShared(ctx context.Context) error {
	if err := s.survey(ctx); err != nil {
		return err
	}
	for _, id := range s.open.ids() {
		in, _ := s.open.get(id)
		switch {
		case in.Final():
			s.assemble(id) // runs beside the requests
		case in.Whole() && !in.Partial:
			if err := s.locked(ctx, id, func() error { return s.finishWhole(ctx, id) }); err != nil {
				s.Log.Error("an upload is whole but could not be recorded", "upload", id, "error", err)
			}
		}
	}
	return nil
}

// finishWhole records an upload that is whole. The caller holds its lock.
func (s *Service) finishWhole(ctx context.Context, id string) error {
	in, err := s.load(ctx, id)
	if content.IsNotFound(err) || err == nil && !in.Whole() {
		return nil // it was removed before we had the lock
	}
	if err != nil {
		return err
	}
	return (&stored{s: s, in: in}).finish(ctx)
}

// surveyors is how many infos are read at once.
const surveyors = 16

// survey counts the open uploads again where other servers may have changed them.
func (s *Service) survey(ctx context.Context) error {
	if !s.upkeep.Remote() {
		return nil
	}
	gone := map[string]bool{}
	for _, id := range s.open.ids() {
		gone[id] = true
	}
	found, err := s.upkeep.Recover(ctx)
	if err != nil {
		return err
	}
	var readers sync.WaitGroup
	ids := make(chan string)
	for range surveyors {
		readers.Go(func() {
			for id := range ids {
				s.refresh(ctx, id)
			}
		})
	}
	for _, f := range found {
		delete(gone, f.ID)
		ids <- f.ID
	}
	close(ids)
	readers.Wait()
	for id := range gone {
		s.open.drop(id)
	}
	return nil
}

// refresh returns an open upload, after it has asked a store that other servers may
// have changed. It reports false when the upload is not open any more.
func (s *Service) refresh(ctx context.Context, id string) (content.Info, bool) {
	if !s.upkeep.Remote() {
		return s.open.get(id)
	}
	in, err := s.load(ctx, id)
	switch {
	case content.IsNotFound(err), errors.Is(err, content.ErrDamaged), err == nil && in.Recorded:
		s.open.drop(id)
	case err != nil:
		s.Log.Error("an upload could not be looked at", "upload", id, "error", err)
	default:
		s.open.put(in)
		return in, true
	}
	return in, false
}
