package janitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/receive"
	"handover/backend/order"
)

// sweep is one run of the janitor.
type sweep struct {
	j      *Janitor
	shelf  Shelf
	dry    bool
	before time.Time       // an upload without a byte since then is abandoned
	over   map[string]bool // orders, closed before that time or not
	done   Swept
	errs   []error
}

// locked calls f under the lock of an upload and collects its error, so that the
// sweep continues. An upload in use is skipped.
func (s *sweep) locked(ctx context.Context, id string, f func() error) {
	if err := s.j.Locks.Do(ctx, id, f); err != nil {
		s.errs = append(s.errs, fmt.Errorf("upload %s: %w", id, err))
	}
}

// unfinished removes abandoned uploads.
func (s *sweep) unfinished(ctx context.Context) error {
	for _, id := range s.j.Catalog.Open.IDs() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.abandoned(id) {
			s.locked(ctx, id, func() error { return s.removeAbandoned(ctx, id) })
		}
	}
	return nil
}

func (s *sweep) removeAbandoned(ctx context.Context, id string) error {
	in, open := s.j.Catalog.Refresh(ctx, id)
	if !open || !s.abandoned(id) { // it got bytes before we had the lock
		return nil
	}
	s.j.Assembler.Stop(id)
	freed := s.j.Upkeep.Frees(in)
	if !s.dry {
		if err := s.j.Catalog.Erase(id); err != nil {
			return err
		}
	}
	s.done.Abandoned++
	s.done.Bytes += freed
	return nil
}

// abandoned reports whether an unfinished upload may be removed. A complete upload
// waits for the ledger, unless it is a part. A part stays as long as its final
// upload.
func (s *sweep) abandoned(id string) bool {
	in, ok := s.j.Catalog.Open.Get(id)
	return ok && in.TouchedAt.Before(s.before) && (in.Partial || !in.Whole()) && s.j.Catalog.Open.UsedBy(id) == ""
}

// finished removes undelivered uploads of closed orders, and stores large equal
// content once.
func (s *sweep) finished(ctx context.Context) error {
	var loose []order.Upload
	large := map[string][]order.Upload{}
	err := s.shelf.EachUpload(ctx, func(u order.Upload) error {
		if u.DeliveredIn == 0 && u.FinishedAt.Before(s.before) {
			loose = append(loose, u)
		}
		if u.Size > receive.ShareAtOnce {
			k := u.SellerID + " " + u.SHA256
			large[k] = append(large[k], u)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("list the finished uploads: %w", err)
	}
	for _, u := range loose {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.dropUndelivered(ctx, u)
	}
	for _, us := range large {
		for _, u := range us[1:] {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.shareLarge(ctx, u)
		}
	}
	return nil
}

func (s *sweep) dropUndelivered(ctx context.Context, u order.Upload) {
	over, err := s.isOver(ctx, u.OrderID)
	if err != nil {
		s.errs = append(s.errs, fmt.Errorf("upload %s: ask about its order: %w", u.ID, err))
		return
	}
	if over {
		s.locked(ctx, u.ID, func() error { return s.removeUndelivered(ctx, u) })
	}
}

// isOver reports whether the order was closed long enough ago.
func (s *sweep) isOver(ctx context.Context, orderID string) (bool, error) {
	if over, known := s.over[orderID]; known {
		return over, nil
	}
	since, err := s.shelf.OverSince(ctx, orderID)
	if err != nil {
		return false, err
	}
	s.over[orderID] = !since.IsZero() && since.Before(s.before)
	return s.over[orderID], nil
}

func (s *sweep) removeUndelivered(ctx context.Context, u order.Upload) error {
	freed := s.j.Upkeep.Frees(content.InfoOf(u))
	if !s.dry {
		err := s.j.Catalog.Remove(ctx, u.ID)
		if errors.Is(err, &order.Error{Code: order.Conflict}) {
			return nil // a delivery has named it since
		}
		if err != nil {
			return err
		}
	}
	s.done.Undelivered++
	s.done.Bytes += freed
	return nil
}

func (s *sweep) shareLarge(ctx context.Context, u order.Upload) {
	if s.dry {
		return // only the comparison could tell
	}
	s.locked(ctx, u.ID, func() error {
		if has, err := s.j.Catalog.HasRecord(ctx, u.ID); err != nil || !has {
			return err
		}
		freed, err := s.j.Receiver.Share(ctx, u)
		if freed > 0 {
			s.done.Shared++
			s.done.Bytes += freed
		}
		return err
	})
}

// leftovers removes files that belong to no upload.
func (s *sweep) leftovers(ctx context.Context) error {
	var errs []error
	for l, err := range s.j.Upkeep.Leftovers(ctx, s.before) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			errs = append(errs, err)
		case l.ID == "":
			errs = append(errs, s.discard(l))
		case l.Content && s.mayBeRecorded(ctx, l.ID):
			// It stays, which needs no lock.
		default:
			s.locked(ctx, l.ID, func() error { return s.removeLeftover(ctx, l) })
		}
	}
	return errors.Join(errs...)
}

// mayBeRecorded reports whether the ledger has the upload or does not answer.
func (s *sweep) mayBeRecorded(ctx context.Context, id string) bool {
	has, err := s.j.Catalog.HasRecord(ctx, id)
	return has || err != nil
}

// removeLeftover removes a leftover unless its upload needs it.
func (s *sweep) removeLeftover(ctx context.Context, l content.Leftover) error {
	needed, err := s.needs(ctx, l)
	if err != nil || needed {
		return err
	}
	freed := l.Frees()
	if err := s.discard(l); err != nil {
		return err
	}
	s.done.Leftovers++
	s.done.Bytes += freed
	return nil
}

// needs reports whether the upload of a leftover needs it.
func (s *sweep) needs(ctx context.Context, l content.Leftover) (bool, error) {
	if l.NeededBy == nil {
		return false, nil
	}
	in, err := s.j.Catalog.Load(ctx, l.ID)
	if content.IsNotFound(err) {
		return false, nil
	}
	if err != nil || !l.NeededBy(in) {
		return false, err
	}
	return !l.Info || !s.mayBeRecorded(ctx, in.ID), nil
}

func (s *sweep) discard(l content.Leftover) error {
	if s.dry {
		return nil
	}
	return l.Remove()
}
