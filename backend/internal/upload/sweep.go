package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// sweep is one run of the janitor.
type sweep struct {
	*Service
	shelf  Shelf
	dry    bool
	before time.Time // what was touched before this is abandoned
	over   map[string]bool
	done   Swept
	errs   []error
}

// fail notes an error that keeps one upload but not the janitor from going on.
func (w *sweep) fail(id string, err error) {
	if err != nil {
		w.errs = append(w.errs, fmt.Errorf("upload %s: %w", id, err))
	}
}

// locked calls f while no request works on the upload. One that does is asked
// to end, as by any other request.
func (s *Service) locked(ctx context.Context, id string, f func() error) error {
	lock, err := s.locker.NewLock(id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.lockTimeout())
	defer cancel()
	if err := lock.Lock(ctx, func() {}); err != nil {
		if errors.Is(err, handler.ErrFileLocked) {
			return nil // somebody needs it
		}
		return err
	}
	return errors.Join(f(), lock.Unlock())
}

func (s *Service) lockTimeout() time.Duration {
	if s.LockTimeout > 0 {
		return s.LockTimeout
	}
	return 20 * time.Second
}

// unfinished removes uploads that got no byte for long.
func (w *sweep) unfinished(ctx context.Context) error {
	for _, id := range w.open.ids() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !w.abandoned(id) {
			continue
		}
		w.fail(id, w.locked(ctx, id, func() error {
			in, there := w.refresh(ctx, id)
			if !there || !w.abandoned(id) { // it got bytes while we waited
				return nil
			}
			w.stopAssembly(id)
			freed := w.upkeep.Frees(in)
			if !w.dry {
				if err := w.erase(id); err != nil {
					return err
				}
			}
			w.done.Abandoned++
			w.done.Bytes += freed
			return nil
		}))
	}
	return nil
}

// abandoned reports whether an unfinished upload may go. One that is whole is
// only waiting for the ledger, unless it is a part; a part stays for the upload
// that it is used in.
func (w *sweep) abandoned(id string) bool {
	in, ok := w.open.get(id)
	return ok && in.TouchedAt.Before(w.before) && (in.Partial || !in.Whole()) && w.open.usedBy(id) == ""
}

// finished removes undelivered uploads of orders that are over, and shares what
// is large and there twice.
func (w *sweep) finished(ctx context.Context) error {
	var loose []order.Upload
	large := map[string][]order.Upload{}
	err := w.shelf.EachUpload(ctx, func(u order.Upload) error {
		if u.DeliveredIn == 0 && u.FinishedAt.Before(w.before) {
			loose = append(loose, u)
		}
		if u.Size > shareAtOnce {
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
		w.fail(u.ID, w.dropUndelivered(ctx, u))
	}
	for _, us := range large {
		for _, u := range us[1:] {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.fail(u.ID, w.shareLarge(ctx, u))
		}
	}
	return nil
}

func (w *sweep) dropUndelivered(ctx context.Context, u order.Upload) error {
	gone, known := w.over[u.OrderID]
	if !known {
		since, err := w.shelf.OverSince(ctx, u.OrderID)
		if err != nil {
			return fmt.Errorf("ask about its order: %w", err)
		}
		gone = !since.IsZero() && since.Before(w.before)
		w.over[u.OrderID] = gone
	}
	if !gone {
		return nil
	}
	return w.locked(ctx, u.ID, func() error {
		freed := w.upkeep.Frees(content.InfoOf(u))
		if !w.dry {
			// The ledger has the last word about what a delivery names.
			err := w.Ledger.DropUpload(ctx, u.ID)
			if errors.Is(err, &order.Error{Code: order.Conflict}) {
				return nil
			}
			if err == nil {
				err = w.erase(u.ID)
			}
			if err != nil {
				return err
			}
		}
		w.done.Undelivered++
		w.done.Bytes += freed
		return nil
	})
}

func (w *sweep) shareLarge(ctx context.Context, u order.Upload) error {
	if w.dry {
		return nil // only a comparison would tell
	}
	return w.locked(ctx, u.ID, func() error {
		if _, err := w.Ledger.Upload(ctx, u.ID); err != nil {
			if content.IsNotFound(err) {
				return nil // removed meanwhile
			}
			return err
		}
		freed, err := w.share(ctx, u)
		if freed > 0 {
			w.done.Shared++
			w.done.Bytes += freed
		}
		return err
	})
}

// leftovers removes what belongs to no upload.
func (w *sweep) leftovers(ctx context.Context) error {
	var errs []error
	for l, err := range w.upkeep.Leftovers(ctx, w.before) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			errs = append(errs, err)
		case l.ID == "":
			errs = append(errs, w.discard(l))
		case l.Content && w.mayBeRecorded(ctx, l.ID):
			// no lock is needed to see that it stays
		default:
			w.fail(l.ID, w.locked(ctx, l.ID, func() error { return w.leftover(ctx, l) }))
		}
	}
	return errors.Join(errs...)
}

// mayBeRecorded reports whether the ledger has an upload, as far as it answers.
func (w *sweep) mayBeRecorded(ctx context.Context, id string) bool {
	_, err := w.Ledger.Upload(ctx, id)
	return !content.IsNotFound(err)
}

// leftover removes one unless its upload needs it. The lock is held.
func (w *sweep) leftover(ctx context.Context, l content.Leftover) error {
	needed, err := w.needs(ctx, l)
	if err != nil || needed {
		return err
	}
	freed := l.Frees()
	if err := w.discard(l); err != nil {
		return err
	}
	w.done.Leftovers++
	w.done.Bytes += freed
	return nil
}

// needs reports whether the upload of a leftover needs it.
func (w *sweep) needs(ctx context.Context, l content.Leftover) (bool, error) {
	if l.NeededBy == nil {
		return false, nil
	}
	in, err := w.load(ctx, l.ID)
	if content.IsNotFound(err) {
		return false, nil
	}
	if err != nil || !l.NeededBy(in) {
		return false, err
	}
	return !l.Info || !w.mayBeRecorded(ctx, in.ID), nil
}

func (w *sweep) discard(l content.Leftover) error {
	if w.dry {
		return nil
	}
	return l.Remove()
}
