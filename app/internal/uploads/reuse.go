package uploads

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
	"handover/backend/api"
)

// digests are the stored digests of files, and the sizes of the content that the
// server has from this seller, as far as this computer knows. A file of another
// size is certainly new to the server.
type digests struct {
	drafts *draft.Store
	log    *slog.Logger

	mu    sync.Mutex
	sizes map[int64]bool // bytes
}

func newDigests(drafts *draft.Store, log *slog.Logger) *digests {
	return &digests{drafts: drafts, log: log, sizes: map[int64]bool{}}
}

func (d *digests) addSize(size int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sizes[size] = true
}

func (d *digests) hasSize(size int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sizes[size]
}

func (d *digests) addOrder(o api.Order) {
	for _, delivery := range o.Deliveries {
		for _, f := range delivery.Files {
			d.addSize(f.Size)
		}
	}
}

// load adds the sizes in the cached orders and in the drafts.
func (d *digests) load() error {
	orders, _, err := d.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		d.addOrder(o)
	}
	return d.drafts.Each(func(dr draft.Draft) error {
		for _, f := range dr.Files {
			if f.State == draft.Verified {
				d.addSize(f.Size)
			}
		}
		return nil
	})
}

// remember stores the digest of a file that is on the server.
func (d *digests) remember(identity content.Identity, sha256 string) {
	d.addSize(identity.Size)
	d.keep(identity, sha256)
}

// keep stores the digest of a file if the identity can prove later that the file
// is the same. Without a stored digest the file is read again.
func (d *digests) keep(identity content.Identity, sha256 string) {
	if !identity.Firm {
		return
	}
	if err := d.drafts.PutDigest(identity.Encode(), sha256); err != nil {
		d.log.Warn("the digest of a file is not stored", "error", err)
	}
}

// OrdersFetched takes the sizes of delivered files from orders of the server.
func (u *Uploader) OrdersFetched(orders ...api.Order) {
	for _, o := range orders {
		u.digests.addOrder(o)
	}
}

// knownDigest returns the SHA-256 of the file if it is stored, or if reading the
// file may save sending it: the server has content of this size from the seller.
// Otherwise it is "".
func (p *prover) knownDigest(ctx context.Context, item transfer.Item, source string, now content.Identity) (sum string, err error) {
	if now.Size == 0 {
		return "", nil
	}
	if now.Changed != 0 {
		key := now
		key.Firm = true // only those are stored
		if sum, err = p.drafts.Digest(key.Encode()); err != nil || sum != "" {
			return sum, err
		}
	}
	if !p.digests.hasSize(now.Size) {
		return "", nil
	}
	var read content.Identity
	err = p.reading(item, func(report func(int64)) (err error) {
		sum, read, err = content.Digest(ctx, source, report)
		return err
	})
	if err != nil {
		return "", err
	}
	if !now.Same(read) {
		return "", fmt.Errorf("%w: %s", content.ErrChanged, source)
	}
	p.digests.keep(read, sum)
	return sum, nil
}
