// Package catalog knows the state of every upload: of unfinished uploads from the
// infos in their store, of finished uploads from the records in the ledger.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
	"handover/backend/order"
)

// Ledger keeps the records of finished uploads.
type Ledger interface {
	// Upload returns the record, or an error with the code order.NotFound.
	Upload(ctx context.Context, id string) (order.Upload, error)
	// DropUpload deletes a record. It returns an error with the code order.Conflict
	// when a delivery names the upload, and nil when the record does not exist.
	DropUpload(ctx context.Context, id string) error
}

// Config is what a [Catalog] needs.
type Config struct {
	Infos  content.Infos
	Upkeep content.Housekeeping
	Ledger Ledger
	Locks  *lock.Locks
	Now    func() time.Time
	Log    *slog.Logger
}

// Catalog reads and changes the state of uploads. The caller holds the lock of an
// upload that it changes. It is safe for concurrent use.
type Catalog struct {
	Config
	Open *Open
}

// New returns a catalog without open uploads; [Catalog.Survey] or the recovery of
// the last run finds them.
func New(c Config) *Catalog { return &Catalog{Config: c, Open: newOpen()} }

// HasRecord reports whether the ledger has the upload.
func (c *Catalog) HasRecord(ctx context.Context, id string) (bool, error) {
	_, err := c.Ledger.Upload(ctx, id)
	if content.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, nil
}

// Load returns the info of an upload. Its error has the code order.NotFound when
// the upload does not exist, or is content.ErrDamaged.
func (c *Catalog) Load(ctx context.Context, id string) (content.Info, error) {
	in, err := c.Infos.Read(id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		u, err := c.Ledger.Upload(ctx, id)
		if content.IsNotFound(err) {
			return content.Info{}, content.NotFound()
		}
		return content.InfoOf(u), err
	case errors.Is(err, content.ErrDamaged):
		return c.Damaged(ctx, id, err)
	case err != nil:
		return in, err
	}
	return c.CatchUp(ctx, in)
}

// CatchUp returns the ledger's state of an upload that is incomplete by its info.
// The info does not say that the ledger took the upload over; a crash or a full
// disk may have prevented the removal of the info.
func (c *Catalog) CatchUp(ctx context.Context, in content.Info) (content.Info, error) {
	if in.Whole() {
		return in, nil
	}
	return c.ByLedger(ctx, in)
}

// ByLedger returns the ledger's state of an upload, or in when the ledger does not
// have the upload.
func (c *Catalog) ByLedger(ctx context.Context, in content.Info) (content.Info, error) {
	u, err := c.Ledger.Upload(ctx, in.ID)
	if content.IsNotFound(err) {
		return in, nil
	}
	done := content.InfoOf(u)
	done.Parts = in.Parts
	return done, err
}

// Damaged returns the state of an upload with a damaged info: the ledger's, when
// the ledger has the upload. Otherwise neither the owner nor the good bytes are
// known; Damaged then removes the upload and returns damage.
func (c *Catalog) Damaged(ctx context.Context, id string, damage error) (content.Info, error) {
	u, err := c.Ledger.Upload(ctx, id)
	if content.IsNotFound(err) {
		c.Log.Warn("removing a damaged upload", "upload", id, "error", damage)
		if err := c.Erase(id); err != nil {
			return content.Info{}, err
		}
		return content.Info{}, damage
	}
	if err != nil {
		return content.Info{}, fmt.Errorf("upload %s: ask the ledger: %w", id, err)
	}
	return content.InfoOf(u), nil
}

// Mend takes an upload back to the bytes that its store has, when bytes are
// missing. It does not change a recorded upload, which the integrity check reports,
// or a part, whose content a final upload may have taken over.
func (c *Catalog) Mend(in content.Info) (content.Info, error) {
	left, err := c.Upkeep.Mend(in)
	if err != nil || in.Recorded || left.Offset == in.Offset || c.Open.UsedBy(in.ID) != "" {
		return in, err
	}
	c.Log.Warn("an upload lost bytes and continues from the rest", "upload", in.ID, "offset", in.Offset, "left", left.Offset)
	return left, nil
}

// Save makes the state of an unfinished upload durable. It returns lock.ErrLost
// when another server may have the lock.
func (c *Catalog) Save(in content.Info) error {
	if err := c.Locks.Check(in); err != nil {
		return err
	}
	in.TouchedAt = c.Now().UTC()
	if err := c.Infos.Write(in); err != nil {
		return err
	}
	c.Open.Put(in)
	return nil
}

// Erase removes the info and the content of an upload.
func (c *Catalog) Erase(id string) error {
	if err := c.Infos.Remove(id); err != nil {
		return err
	}
	c.Open.Drop(id)
	return nil
}

// Remove removes the record of an upload, and then its info and content. It returns
// an error with the code order.Conflict when a delivery names the upload.
func (c *Catalog) Remove(ctx context.Context, id string) error {
	if err := c.Ledger.DropUpload(ctx, id); err != nil {
		return err
	}
	return c.Erase(id)
}
