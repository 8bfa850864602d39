package upload

import (
	"context"
	"errors"
	"fmt"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// record has the ledger record finished uploads, whose content is durable, and
// makes their names so meanwhile. A crash that leaves a record without its file
// leaves one that nobody was told of.
func (s *Service) record(us []order.Upload) error {
	synced := make(chan error, 1)
	go func() { synced <- s.writer.Flush() }()
	err := s.Ledger.FinishUploads(context.Background(), us)
	return errors.Join(err, <-synced)
}

// FinishUpload records the upload. The handler calls it at most once and not at
// all when a crash came between, which is why GetInfo and Open call it too.
func (u *stored) FinishUpload(ctx context.Context) error {
	if u.in.Partial { // it counts for nothing alone
		return u.s.refusal(ctx, u.sealed())
	}
	// The bytes are there; that the client has hung up is no reason to stop.
	if err := u.finish(context.WithoutCancel(ctx)); err != nil {
		return u.s.refusal(ctx, fmt.Errorf("finish upload %s: %w", u.in.ID, err))
	}
	stateOf(ctx).sha256 = u.in.SHA256
	return nil
}

func (u *stored) finish(ctx context.Context) error {
	if err := u.sealed(); err != nil {
		return err
	}
	if u.in.Recorded {
		if _, err := u.s.Ledger.Upload(ctx, u.in.ID); !content.IsNotFound(err) {
			return err
		}
	}
	if err := u.s.records.Do(u.in.Record()); err != nil {
		if u.fresh {
			return errors.Join(err, u.s.erase(u.in.ID))
		}
		return errors.Join(err, u.s.save(u.in)) // nothing has to be sent again
	}
	u.conclude()
	return nil
}

// sealed makes content that is all stored one that can be opened, if it is not.
func (u *stored) sealed() error {
	if u.in.Object == nil && (u.in.SHA256 != "" || u.in.Partial) {
		return nil
	}
	return u.advance(func(commit func(content.Info) error) (content.Info, error) {
		return u.s.writer.Seal(u.in, commit)
	})
}

// conclude tidies up after the ledger has the upload. What fails here is done
// when the folder is opened again.
func (u *stored) conclude() {
	err := u.s.dropParts(u.in)
	if err == nil && !u.in.Recorded && !u.fresh {
		err = u.s.infos.MarkDone(u.in)
	}
	u.in.Recorded, u.fresh = true, false
	u.s.open.drop(u.in.ID)
	if err == nil && u.in.Size <= shareAtOnce {
		_, err = u.s.share(context.Background(), u.in.Record())
	}
	if err != nil {
		u.s.Log.Warn("a finished upload is not tidied up", "upload", u.in.ID, "error", err)
	}
}
