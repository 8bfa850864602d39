// Package concat puts a final upload together from its parts (tus 1.0,
// "Concatenation"). An assembly may take longer than a request: it runs in a
// goroutine, and continues at its durable offset after a restart.
package concat

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/admission"
	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
	"handover/backend/internal/upload/receive"
	"handover/backend/order"
)

// ErrPartMissing is 410, which tells a client to send the part again.
var ErrPartMissing = handler.NewError("ERR_PART_MISSING", "the server does not have a part, or no longer has it; send it again", http.StatusGone)

// Bad returns the error for an Upload-Concat that cannot be served.
func Bad(what string) error {
	return &order.Error{Code: order.Invalid, Field: "Upload-Concat", Message: "Upload-Concat: " + what}
}

// Config is what an [Assembler] needs.
type Config struct {
	Catalog     *catalog.Catalog
	Receiver    *receive.Receiver
	Admission   *admission.Admission
	Locks       *lock.Locks
	Reader      content.Reader
	Writer      content.Writer
	MaxFileSize int64         // bytes, inclusive
	Patience    time.Duration // of [Assembler.Await]
	Now         func() time.Time
	Closing     context.Context // ends the assemblies
	Running     *sync.WaitGroup // counts the assemblies
}

// Assembler creates and assembles final uploads. It is safe for concurrent use.
type Assembler struct {
	Config
	creating sync.Mutex // held while a final upload is created

	mu         sync.Mutex
	assemblies map[string]*assembly // running, by the ID of the final upload
}

// New returns an assembler.
func New(c Config) *Assembler {
	return &Assembler{Config: c, assemblies: map[string]*assembly{}}
}

// Create returns the final upload of the parts with these IDs, and creates it
// unless it exists. The seller, the order and the path of want must be those of the
// existing upload.
func (a *Assembler) Create(ctx context.Context, want content.Info, ids []string) (content.Info, error) {
	a.creating.Lock() // a part belongs to one final upload only
	defer a.creating.Unlock()
	want.ID, want.CreatedAt = content.FinalID(ids), a.Now().UTC()
	in, err := a.Catalog.Load(ctx, want.ID)
	if content.IsNotFound(err) {
		return a.createShared(ctx, want, ids)
	}
	if err != nil {
		return content.Info{}, err
	}
	return same(in, want)
}

// createShared is Create while no other server creates the same upload.
func (a *Assembler) createShared(ctx context.Context, want content.Info, ids []string) (content.Info, error) {
	release, err := a.Locks.AssemblySoon(ctx, want.ID)
	if err != nil {
		return content.Info{}, err
	}
	defer release()
	in, err := a.Catalog.Load(ctx, want.ID)
	if content.IsNotFound(err) {
		return a.create(ctx, want, ids)
	}
	if err != nil {
		return content.Info{}, err
	}
	return same(in, want)
}

func same(in, want content.Info) (content.Info, error) {
	if in.SellerID != want.SellerID || in.OrderID != want.OrderID || in.Path != want.Path {
		return content.Info{}, Bad("these parts were used for another upload")
	}
	return in, nil
}

func (a *Assembler) create(ctx context.Context, final content.Info, ids []string) (content.Info, error) {
	var first content.Info
	for i, id := range ids {
		p, err := a.part(ctx, final, id)
		if err != nil {
			return content.Info{}, err
		}
		if i == 0 {
			first = p
		}
		final.Parts = append(final.Parts, content.Part{ID: p.ID, Size: p.Size})
		final.Size += p.Size
		if final.Size > a.MaxFileSize {
			return content.Info{}, handler.ErrMaxSizeExceeded
		}
	}
	if err := a.Admission.Room(ctx, final.SellerID, final.Size-first.Size, 0); err != nil {
		return content.Info{}, err
	}
	final = a.Writer.Lead(final, first)
	if err := a.Catalog.Save(final); err != nil {
		return content.Info{}, err
	}
	return final, a.Writer.Follow(final, first)
}

// part returns a part that the final upload may use.
func (a *Assembler) part(ctx context.Context, final content.Info, id string) (content.Info, error) {
	p, err := a.Catalog.Load(ctx, id)
	if content.IsNotFound(err) {
		return content.Info{}, ErrPartMissing
	}
	if err != nil {
		return content.Info{}, err
	}
	switch {
	case p.SellerID != final.SellerID:
		return content.Info{}, ErrPartMissing
	case !p.Partial:
		return content.Info{}, Bad("a part was not created as partial")
	case p.OrderID != final.OrderID:
		return content.Info{}, Bad("a part belongs to another order")
	case !p.Whole():
		return content.Info{}, handler.ErrUploadNotFinished
	case a.Catalog.Open.UsedBy(id) != "":
		return content.Info{}, Bad("a part is used in another upload already")
	}
	if size, err := a.Reader.Size(id); err != nil || size != p.Size {
		return content.Info{}, errors.Join(err, ErrPartMissing)
	}
	return p, nil
}
