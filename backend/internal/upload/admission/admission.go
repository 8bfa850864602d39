// Package admission decides whether a seller may start an upload: for this order,
// and with this many bytes.
package admission

import (
	"context"
	"errors"
	"fmt"

	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// ErrQuota means that the upload would exceed the seller's quota.
var ErrQuota = errors.New("the upload exceeds the seller's quota")

// Gate knows the orders.
type Gate interface {
	// MayUpload returns nil when the order is the seller's and can be delivered
	// now. Otherwise its error has the code order.NotFound or order.Conflict.
	MayUpload(ctx context.Context, sellerID, orderID string) error
}

// Ledger knows how much each seller has stored.
type Ledger interface {
	// StoredBytes returns the total size of the seller's records. Each digest
	// counts once.
	StoredBytes(ctx context.Context, sellerID string) (int64, error)
}

// Config is what an [Admission] needs.
type Config struct {
	Gate    Gate
	Ledger  Ledger
	Open    *catalog.Open
	Space   func() (int64, error) // the free bytes of the store
	Quota   int64                 // bytes of one seller; 0: unlimited
	Reserve int64                 // bytes of the disk that stay free; 0: none
}

// Admission admits uploads.
type Admission struct{ Config }

// New returns an admission.
func New(c Config) *Admission { return &Admission{c} }

// Permit reads the Upload-Metadata of a new upload and checks that the seller may
// upload for its order.
func (a *Admission) Permit(ctx context.Context, seller, header string) (Metadata, error) {
	meta, err := ParseMetadata(header)
	if err != nil {
		return Metadata{}, err
	}
	if meta.Order == "" {
		return Metadata{}, badMetadata("the key order is missing")
	}
	if err := order.CheckPath(meta.Path); err != nil {
		return Metadata{}, err
	}
	return meta, a.Gate.MayUpload(ctx, seller, meta.Order)
}

// Room checks the quota and the disk for an upload that will write due bytes and
// increase the seller's total by added bytes. It returns [ErrQuota] or
// content.ErrReserve.
func (a *Admission) Room(ctx context.Context, seller string, due, added int64) error {
	allDue, sellers := a.Open.Totals(seller)
	if a.Quota > 0 {
		stored, err := a.Ledger.StoredBytes(ctx, seller)
		if err != nil {
			return fmt.Errorf("read the size of the stored content: %w", err)
		}
		if stored+sellers+added > a.Quota {
			return ErrQuota
		}
	}
	return a.checkSpace(allDue + due)
}

// checkSpace returns content.ErrReserve when writing due bytes would use the
// reserve. Without a reserve, a write to a full disk fails.
func (a *Admission) checkSpace(due int64) error {
	if a.Reserve <= 0 {
		return nil
	}
	left, err := a.Space()
	if err != nil {
		return fmt.Errorf("read the free space: %w", err)
	}
	if left-due < a.Reserve {
		return content.ErrReserve
	}
	return nil
}
