// Package recovery continues the uploads of the last run when the server starts.
package recovery

import (
	"context"
	"errors"
	"log/slog"

	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/concat"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
	"handover/backend/internal/upload/receive"
)

// Recovery has the parts of the server that continue an upload.
type Recovery struct {
	Catalog   *catalog.Catalog
	Receiver  *receive.Receiver
	Assembler *concat.Assembler
	Locks     *lock.Locks
	Infos     content.Infos
	Upkeep    content.Housekeeping
	Log       *slog.Logger
}

// Run removes interrupted writes, continues final uploads, records complete uploads
// and counts the open ones. It logs the error of a single upload and continues.
func (r Recovery) Run(ctx context.Context) error {
	if r.Upkeep.Remote() {
		return r.shared(ctx)
	}
	found, err := r.Upkeep.Recover(ctx)
	if err != nil {
		return err
	}
	// Final uploads come first, so that Mend recognizes the parts whose content they
	// have taken over.
	for _, f := range found {
		if f.Orphan {
			continue
		}
		in, err := r.Infos.Read(f.ID)
		if err != nil || !in.Final() {
			continue // the next loop reports the error
		}
		r.Catalog.Open.Put(in)
	}
	for _, f := range found {
		if f.Orphan {
			r.orphan(ctx, f.ID)
			continue
		}
		if err := r.upload(ctx, f.ID); err != nil {
			r.Log.Error("cannot continue an upload", "upload", f.ID, "error", err)
		}
	}
	return nil
}

// upload continues an unfinished upload.
func (r Recovery) upload(ctx context.Context, id string) error {
	in, err := r.Infos.Read(id)
	if errors.Is(err, content.ErrDamaged) {
		if _, err := r.Catalog.Damaged(ctx, id, err); err != nil && !errors.Is(err, content.ErrDamaged) {
			r.Log.Error("cannot remove a damaged upload", "upload", id, "error", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if in, err = r.Catalog.CatchUp(ctx, in); err != nil {
		return err
	}
	if in.Recorded {
		return r.Infos.MarkDone(in)
	}
	if in, err = r.Upkeep.Restore(in, r.Catalog.Save); err != nil {
		return err
	}
	if in, err = r.Catalog.Mend(in); err != nil {
		return err
	}
	r.Catalog.Open.Put(in)
	if in.Final() {
		r.Assembler.Start(id)
		return nil
	}
	if in.Whole() && !in.Partial {
		r.logUnrecorded(id, r.Receiver.Existing(in).Finish(ctx))
	}
	return nil
}

// orphan handles content without an info. The ledger has the upload when one request
// brought it. Otherwise the content is a leftover of a removal, or of a request
// without an answer.
func (r Recovery) orphan(ctx context.Context, id string) {
	if err := r.removeUnrecorded(ctx, id); err != nil {
		r.Log.Error("cannot remove content without an upload", "upload", id, "error", err)
	}
}

func (r Recovery) removeUnrecorded(ctx context.Context, id string) error {
	if has, err := r.Catalog.HasRecord(ctx, id); has || err != nil {
		return err
	}
	return r.Catalog.Erase(id)
}

// shared is Run for a store that other servers may use. It changes an upload only
// under its lock.
func (r Recovery) shared(ctx context.Context) error {
	if err := r.Catalog.Survey(ctx); err != nil {
		return err
	}
	for _, id := range r.Catalog.Open.IDs() {
		in, _ := r.Catalog.Open.Get(id)
		switch {
		case in.Final():
			r.Assembler.Start(id)
		case in.Whole() && !in.Partial:
			r.logUnrecorded(id, r.Locks.Do(ctx, id, func() error { return r.finish(ctx, id) }))
		}
	}
	return nil
}

// finish records a complete upload. The caller holds its lock.
func (r Recovery) finish(ctx context.Context, id string) error {
	in, err := r.Catalog.Load(ctx, id)
	if content.IsNotFound(err) {
		return nil // another server removed it
	}
	if err != nil {
		return err
	}
	if !in.Whole() {
		return nil
	}
	return r.Receiver.Existing(in).Finish(ctx)
}

func (r Recovery) logUnrecorded(id string, err error) {
	if err != nil {
		r.Log.Error("an upload is complete but could not be recorded", "upload", id, "error", err)
	}
}
