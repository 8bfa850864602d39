package desk

import (
	"context"
	"fmt"
	"sync"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
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
func (u *Uploader) learnSizes() error {
	orders, _, err := u.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		u.sizes.addOrder(o)
	}
	return u.DESK.EachDraft(func(dr draft.Draft) error {
		for _, f := range dr.Files {
			if f.State == draft.Verified {
				u.sizes.add(f.Size)
			}
		}
		return nil
	})
}

// rememberDigest notes the digest of a file that is on the server, if its
// identity will prove that it is still the file's. Without it the file is read
// again one day, which is no reason to stop.
func (u *Uploader) rememberDigest(identity content.Identity, sha256 string) {
	u.sizes.add(identity.Size)
	u.keepDigest(identity, sha256)
}

// keepDigest is rememberDigest for a file that may not be on the server.
func (u *Uploader) keepDigest(identity content.Identity, sha256 string) {
	if !identity.Firm {
		return
	}
	if err := u.drafts.PutDigest(content.EncodeIdentity(identity), sha256); err != nil {
		u.options.Log.Warn("the digest of a file is not stored", "error", err)
	}
}

// knownDigest returns the SHA-256 of the file when it can be had without
// reading, or when reading may save sending: the server has content of this
// size from the seller. Otherwise it is "".
func (u *Uploader) knownDigest(ctx context.Context, item transfer.Item, source string, now content.Identity) (sum string, err error) {
	if now.Size == 0 {
		return "", nil
	}
	if now.Changed != 0 {
		key := now
		key.Firm = true // only such are stored
		if sum, err = u.drafts.Digest(content.EncodeIdentity(key)); err != nil || sum != "" {
			return sum, err
		}
	}
	if !u.sizes.has(now.Size) {
		return "", nil
	}
	var read content.Identity
	err = u.reading(item, func(report func(int64)) (err error) {
		sum, read, err = content.Digest(ctx, source, report)
		return err
	})
	if err == nil && !now.Same(read) {
		err = fmt.Errorf("%w: %s", content.ErrChanged, source)
	}
	if err != nil {
		return "", err
	}
	u.keepDigest(read, sum)
	return sum, nil
}
