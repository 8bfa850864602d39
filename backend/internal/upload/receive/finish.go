package receive

import (
	"context"
	"errors"
)

// Finish records an upload whose bytes are all stored. A repetition changes nothing.
func (u *Upload) Finish(ctx context.Context) error {
	if err := u.Seal(); err != nil {
		return err
	}
	if u.Info.Recorded {
		if has, err := u.r.Catalog.HasRecord(ctx, u.Info.ID); err != nil || has {
			return err
		}
	}
	if err := u.r.Record(u.Info.Record()); err != nil {
		if u.fresh {
			return errors.Join(err, u.r.Catalog.Erase(u.Info.ID))
		}
		return errors.Join(err, u.r.Catalog.Save(u.Info)) // the client need not send the bytes again
	}
	u.Conclude()
	return nil
}

// Conclude tidies the store after the ledger has recorded the upload. The recovery
// at the next start repeats what fails here.
func (u *Upload) Conclude() {
	if err := u.tidy(); err != nil {
		u.r.Log.Warn("cannot tidy up after a finished upload", "upload", u.Info.ID, "error", err)
	}
}

func (u *Upload) tidy() error {
	err := u.dropInfo()
	u.Info.Recorded, u.fresh = true, false
	u.r.Catalog.Open.Drop(u.Info.ID)
	if err != nil || u.Info.Size > ShareAtOnce {
		return err
	}
	_, err = u.r.Share(context.Background(), u.Info.Record())
	return err
}

// dropInfo removes the parts of a final upload and marks the info as done.
func (u *Upload) dropInfo() error {
	for _, p := range u.Info.Parts {
		if err := u.r.Catalog.Erase(p.ID); err != nil {
			return err
		}
	}
	if u.Info.Recorded || u.fresh {
		return nil
	}
	return u.r.Catalog.Infos.MarkDone(u.Info)
}
