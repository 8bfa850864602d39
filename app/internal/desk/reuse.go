package desk

import (
	"context"
	"fmt"
	"sync"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// sizes are those of the content that the server has from this seller, as far
// as this computer knows. A file of another size is new for certain.
type sizes struct {
	mu    *sync.Mutex
	known map[int64]bool
}

func newSizes() sizes { return sizes{new(sync.Mutex), map[int64]bool{}} }

func (s sizes) add(size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[size] = true
}

func (s sizes) has(size int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[size]
}

func (s sizes) addOrder(o api.Order) {
	for _, delivery := range o.Deliveries {
		for _, f := range delivery.Files {
			s.add(f.Size)
		}
	}
}

// learnSizes gathers what was known the last time.
func (d *Desk) learnSizes() error {
	orders, _, err := d.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		d.sizes.addOrder(o)
	}
	return d.eachDraft(func(dr draft.Draft) error {
		for _, f := range dr.Files {
			if f.State == draft.Verified {
				d.sizes.add(f.Size)
			}
		}
		return nil
	})
}

// digestKey names a version of a file, wherever it was moved to.
func digestKey(source string, identity tus.Identity) string {
	key := encode(identity)
	if identity.Inode == 0 {
		key += source
	}
	return key
}

// rememberDigest notes the digest of a file that is on the server. Without it
// the file is read again one day, which is no reason to stop.
func (d *Desk) rememberDigest(source string, identity tus.Identity, sha256 string) {
	d.sizes.add(identity.Size)
	if err := d.drafts.PutDigest(digestKey(source, identity), sha256); err != nil {
		d.options.Log.Warn("the digest of a file is not stored", "error", err)
	}
}

// knownDigest returns the SHA-256 of the file when it can be had without
// reading, or when reading may save sending: the server has content of this
// size from the seller. Otherwise it is "".
func (d *Desk) knownDigest(ctx context.Context, source string, identity tus.Identity) (string, error) {
	if identity.Size == 0 {
		return "", nil
	}
	key := digestKey(source, identity)
	sum, err := d.drafts.Digest(key)
	if err != nil || sum != "" || !d.sizes.has(identity.Size) {
		return sum, err
	}
	if sum, err = digest(ctx, source); err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", tus.ErrSource, err)
		}
		return "", err
	}
	now, err := tus.Identify(source)
	if err == nil && !identity.Same(now) {
		err = fmt.Errorf("%w: %s", tus.ErrSourceChanged, source)
	}
	if err != nil {
		return "", err
	}
	return sum, d.drafts.PutDigest(key, sum)
}
