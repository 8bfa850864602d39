package upload

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"handover/backend/order"
)

// info is what the folder knows of one upload.
type info struct {
	ID        string    `json:"id"`
	SellerID  string    `json:"seller_id"`
	OrderID   string    `json:"order_id"`
	Path      string    `json:"path"`
	Size      int64     `json:"size"`
	CreatedAt time.Time `json:"created_at"`
	// TouchedAt is when the upload last got a byte.
	TouchedAt time.Time `json:"touched_at,omitzero"`
	// Offset counts the bytes that are on stable storage.
	Offset int64 `json:"offset"`
	// Boot is the run of the operating system in which this was written.
	Boot string `json:"boot,omitempty"`
	// HashState is the state of the digest of the first Offset bytes, so that a
	// resumed upload need not read them again.
	HashState []byte `json:"hash_state,omitempty"`

	// Partial marks a part of an upload to come; the ledger never has it.
	Partial bool `json:"partial,omitempty"`
	// Parts are what a final upload is put together from, in this order.
	Parts []part `json:"parts,omitempty"`

	// Object is what a bucket has of the upload; nil in a folder, and once the
	// content is an object.
	Object *object `json:"object,omitempty"`

	// The rest is set when Offset reaches Size; Type in a bucket as soon as it is
	// known.
	SHA256     string    `json:"sha256,omitempty"`
	CRC32      string    `json:"crc32,omitempty"` // missing when an earlier version began the upload
	Type       string    `json:"type,omitempty"`
	FinishedAt time.Time `json:"finished_at,omitzero"`

	// recorded means that the ledger has had this upload: it came from a .done
	// file or from the ledger itself.
	recorded bool
	// spent is an object that goes once the ledger has the upload.
	spent string
}

func (in info) whole() bool { return in.Offset == in.Size }

func (in info) final() bool { return len(in.Parts) > 0 }

// upload is the record that the ledger gets.
func (in info) upload() order.Upload {
	return order.Upload{
		ID: in.ID, SellerID: in.SellerID, OrderID: in.OrderID, Path: in.Path,
		Size: in.Size, SHA256: in.SHA256, CRC32: in.CRC32, Type: in.Type, FinishedAt: in.FinishedAt,
	}
}

func infoOf(u order.Upload) info {
	return info{
		ID: u.ID, SellerID: u.SellerID, OrderID: u.OrderID, Path: u.Path,
		Size: u.Size, Offset: u.Size, CreatedAt: u.FinishedAt,
		SHA256: u.SHA256, CRC32: u.CRC32, Type: u.Type, FinishedAt: u.FinishedAt, recorded: true,
	}
}

// errDamaged means that there is an info file that cannot be understood.
var errDamaged = errors.New("the info file is damaged")

// parseInfo reads an info. Every one of its errors is errDamaged.
func parseInfo(id string, raw []byte) (info, error) {
	var in info
	if err := json.Unmarshal(raw, &in); err != nil {
		return info{}, fmt.Errorf("upload %s: %w: %w", id, errDamaged, err)
	}
	if in.ID != id || in.SellerID == "" || in.OrderID == "" || in.Offset < 0 || in.Offset > in.Size || order.CheckPath(in.Path) != nil {
		return info{}, fmt.Errorf("upload %s: %w: its values contradict each other", id, errDamaged)
	}
	return in, nil
}
