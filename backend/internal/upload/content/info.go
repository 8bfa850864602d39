package content

import (
	"encoding/json"
	"fmt"
	"time"

	"handover/backend/order"
)

// Info describes one upload. A store keeps it as JSON until the ledger has the
// record of the upload.
type Info struct {
	ID        string    `json:"id"`
	SellerID  string    `json:"seller_id"`
	OrderID   string    `json:"order_id"`
	Path      string    `json:"path"`
	Size      int64     `json:"size"`
	CreatedAt time.Time `json:"created_at"`
	// TouchedAt is the time of the last byte.
	TouchedAt time.Time `json:"touched_at,omitzero"`
	// Offset is the number of bytes on stable storage.
	Offset int64 `json:"offset"`
	// Boot identifies the run of the operating system that wrote the info. Only a
	// folder sets it.
	Boot string `json:"boot,omitempty"`
	// HashState is the state of the digest of the first Offset bytes, so that a
	// resumed upload need not read them again.
	HashState []byte `json:"hash_state,omitempty"`

	// Partial marks a part of a later final upload. The ledger never has a part.
	Partial bool `json:"partial,omitempty"`
	// Parts are the parts of a final upload, in order.
	Parts []Part `json:"parts,omitempty"`

	// Object is the progress of an upload in a bucket. It is nil in a folder, and
	// once the content is one object.
	Object *Object `json:"object,omitempty"`

	// The following fields are set when Offset reaches Size. A bucket sets Type
	// earlier.
	SHA256     string    `json:"sha256,omitempty"`
	CRC32      string    `json:"crc32,omitempty"` // missing when an earlier version began the upload
	Type       string    `json:"type,omitempty"`
	FinishedAt time.Time `json:"finished_at,omitzero"`

	// Recorded means that the ledger has recorded this upload: the info came from the
	// ledger, or from a store that marked the upload as done.
	Recorded bool `json:"-"`
	// Spent names an object that MarkDone deletes.
	Spent string `json:"-"`
}

// Part is an upload whose content is a section of a final upload (tus 1.0,
// "Concatenation").
type Part struct {
	ID   string `json:"id"`
	Size int64  `json:"size"`
}

// Object is the progress of an upload in a bucket.
type Object struct {
	// UploadID names the multipart upload; "" before it is created.
	UploadID string `json:"upload_id,omitempty"`
	// PartSize is the size of all parts except the last. Some services require equal
	// sizes.
	PartSize int64 `json:"part_size"`
	// Parts are the parts in the bucket, without a gap between them. Their numbers
	// increase, but not always by one.
	Parts []Segment `json:"parts,omitempty"`
	// Next is the lowest number that neither a part nor a running request uses. All
	// higher numbers are free too.
	Next int32 `json:"next"`
	// Tail names the object with the bytes between the parts and the offset, or is "".
	Tail string `json:"tail,omitempty"`
}

// Segment is one part of a multipart upload.
type Segment struct {
	Number int32  `json:"number"`
	ETag   string `json:"etag"`
	Size   int64  `json:"size"`
}

// Size returns the total size of the parts.
func (o Object) Size() (total int64) {
	for _, p := range o.Parts {
		total += p.Size
	}
	return total
}

// Whole reports whether all bytes are on stable storage.
func (in Info) Whole() bool { return in.Offset == in.Size }

// Final reports whether the upload consists of parts.
func (in Info) Final() bool { return len(in.Parts) > 0 }

// Record returns the record for the ledger.
func (in Info) Record() order.Upload {
	return order.Upload{
		ID: in.ID, SellerID: in.SellerID, OrderID: in.OrderID, Path: in.Path,
		Size: in.Size, SHA256: in.SHA256, CRC32: in.CRC32, Type: in.Type, FinishedAt: in.FinishedAt,
	}
}

// InfoOf returns the info of an upload that the ledger has.
func InfoOf(u order.Upload) Info {
	return Info{
		ID: u.ID, SellerID: u.SellerID, OrderID: u.OrderID, Path: u.Path,
		Size: u.Size, Offset: u.Size, CreatedAt: u.FinishedAt,
		SHA256: u.SHA256, CRC32: u.CRC32, Type: u.Type, FinishedAt: u.FinishedAt, Recorded: true,
	}
}

// ParseInfo reads an info. Each of its errors is [ErrDamaged].
func ParseInfo(id string, raw []byte) (Info, error) {
	var in Info
	if err := json.Unmarshal(raw, &in); err != nil {
		return Info{}, fmt.Errorf("upload %s: %w: %w", id, ErrDamaged, err)
	}
	if in.ID != id || in.SellerID == "" || in.OrderID == "" || in.Offset < 0 || in.Offset > in.Size || order.CheckPath(in.Path) != nil {
		return Info{}, fmt.Errorf("upload %s: %w: its values contradict each other", id, ErrDamaged)
	}
	return in, nil
}

// Complete sets the fields of an upload whose bytes are all stored.
func (in *Info) Complete(d *Digest, kind string, now time.Time) {
	in.HashState, in.SHA256, in.CRC32 = nil, d.SHA256(), d.CRC32()
	in.Type, in.FinishedAt = kind, now.UTC()
}
