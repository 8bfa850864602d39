package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"handover/backend/order"
)

// recover brings the folder into order after whatever ended the last run. Of
// the finished uploads it reads no more than the names.
func (s *Service) recover(ctx context.Context) error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	var unfinished, data []string
	known := make(map[string]bool)
	for _, e := range entries {
		id, ext, _ := strings.Cut(e.Name(), ".")
		if !validID(id) {
			continue // not ours to touch
		}
		switch "." + ext {
		case tempExt, linkExt:
			if err := os.Remove(s.folder.name(id, "."+ext)); err != nil {
				return err
			}
		case infoExt:
			unfinished, known[id] = append(unfinished, id), true
		case doneExt:
			known[id] = true
		case dataExt:
			data = append(data, id)
		}
	}
	// A part whose content went into a final upload lacks nothing.
	for _, id := range unfinished {
		if in, err := s.folder.read(id); err == nil && in.final() {
			s.open.put(in)
		}
	}
	for _, id := range unfinished {
		// One that the disk does not give keeps nobody else from working.
		if err := s.recoverUpload(ctx, id); err != nil {
			s.Log.Error("an upload could not be looked at", "upload", id, "error", err)
		}
	}
	for _, id := range data {
		if !known[id] {
			s.recoverData(ctx, id)
		}
	}
	return nil
}

func (s *Service) recoverUpload(ctx context.Context, id string) error {
	in, err := s.folder.read(id)
	if errors.Is(err, errDamaged) {
		if _, err := s.recoverDamaged(ctx, id, err); err != nil && !errors.Is(err, errDamaged) {
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
	if in.recorded {
		return s.folder.markDone(in)
	}
	if in, err = s.recoverTail(in); err != nil {
		return err
	}
	if in, err = s.mend(in); err != nil {
		return err
	}
	if in.TouchedAt.IsZero() { // written by a version that did not note it
		in.TouchedAt = in.CreatedAt
		if st, err := os.Stat(s.folder.name(id, infoExt)); err == nil {
			in.TouchedAt = st.ModTime()
		}
	}
	s.open.put(in)
	if in.final() {
		s.assemble(id) // goes on beside the requests
		return nil
	}
	if in.whole() && !in.Partial {
		u := &stored{s: s, in: in}
		if err := u.finish(ctx); err != nil {
			s.Log.Error("an upload is whole but could not be recorded", "upload", id, "error", err)
		}
	}
	return nil
}

// caughtUp returns what the ledger has of an upload that is not whole by its
// info: the last is not noted there when the ledger takes it over, and a crash
// or a full disk may have come before the info was removed.
func (s *Service) caughtUp(ctx context.Context, in info) (info, error) {
	if in.whole() {
		return in, nil
	}
	u, err := s.Ledger.Upload(ctx, in.ID)
	if isNotFound(err) {
		return in, nil
	}
	return infoOf(u), err
}

// mend takes the offset back to what is there when bytes are missing, which
// no crash of ours does but a failing disk may. What the ledger has recorded is
// never opened for writing again; the integrity check reports it. A part may
// have given its content away.
func (s *Service) mend(in info) (info, error) {
	size, err := s.folder.dataSize(in.ID)
	if err != nil || in.recorded || size >= in.Offset || s.open.usedBy(in.ID) != "" {
		return in, err
	}
	s.Log.Warn("an upload has lost bytes and goes on from what is there", "upload", in.ID, "offset", in.Offset, "left", size)
	in.Offset, in.HashState, in.SHA256 = size, nil, ""
	return in, nil
}

// recoverDamaged answers for an upload whose info cannot be read: from the
// ledger when it has the upload. Otherwise nobody can say whose it was or how
// much of it is good, and it is removed; errDamaged says so.
func (s *Service) recoverDamaged(ctx context.Context, id string, damage error) (info, error) {
	u, err := s.Ledger.Upload(ctx, id)
	if err == nil {
		return infoOf(u), nil
	}
	if !isNotFound(err) {
		return info{}, fmt.Errorf("upload %s: ask the ledger: %w", id, err)
	}
	s.Log.Warn("a damaged upload is removed", "upload", id, "error", damage)
	if err := s.erase(id); err != nil {
		return info{}, err
	}
	return info{}, damage
}

// recoverData handles content without an info. The ledger has the upload when
// it came in one request; otherwise these are the remains of a termination, or
// of a request that nobody got an answer to.
func (s *Service) recoverData(ctx context.Context, id string) {
	_, err := s.Ledger.Upload(ctx, id)
	if isNotFound(err) {
		err = s.erase(id)
	}
	if err != nil {
		s.Log.Error("content without an upload stays", "upload", id, "error", err)
	}
}

// load returns what is known of an upload, or an error with the code
// order.NotFound, or errDamaged.
func (s *Service) load(ctx context.Context, id string) (info, error) {
	in, err := s.folder.read(id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		u, err := s.Ledger.Upload(ctx, id)
		if isNotFound(err) {
			return info{}, notFound()
		}
		return infoOf(u), err
	case errors.Is(err, errDamaged):
		return s.recoverDamaged(ctx, id, err)
	case err != nil:
		return in, err
	}
	return s.caughtUp(ctx, in)
}

func notFound() error {
	return &order.Error{Code: order.NotFound, Message: "there is no such upload"}
}

func isNotFound(err error) bool { return errors.Is(err, &order.Error{Code: order.NotFound}) }
