package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

type deliverRequest struct {
	ActionPath
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"200" doc:"the same key never delivers twice"`
	Body api.NewDelivery
}

// deliver makes a delivery of complete uploads.
func (s actionRoutes) deliver(ctx context.Context, in *deliverRequest) (*orderAnswer, error) {
	seller := principalOf(ctx).Account
	change := store.Change{Key: in.Key, Request: fingerprint(in.Body)}
	for _, f := range in.Body.Files {
		change.Uploads = append(change.Uploads, f.Upload)
	}
	var comments []order.Comment
	if len(in.Body.Done) > 0 {
		change.Comments = &comments
	}
	change.Apply = func(o *order.Order, uploads []order.Upload) ([]order.Event, error) {
		files, err := match(seller.ID, in.ID, in.Body.Files, uploads)
		if err != nil {
			return nil, err
		}
		return o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Comments: comments, Work: order.Work{
			Description: in.Body.Description, Files: files, Links: in.Body.Links, Symlinks: in.Body.Symlinks,
			Arranged: in.Body.Arranged, ConfirmNoFiles: in.Body.ConfirmNoFiles,
			Seller: seller.Name, Server: s.publicURL, Done: in.Body.Done,
		}}, s.now(), s.policy)
	}
	return s.change(ctx, in.ActionPath, change)
}

func fingerprint(d api.NewDelivery) string {
	raw, _ := json.Marshal(d) // strings, numbers and booleans: never fails
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// match compares the seller's sizes and digests with those of the uploads.
func match(sellerID, orderID string, named []api.DeliveredFile, uploads []order.Upload) ([]order.File, error) {
	files := make([]order.File, len(named))
	for i, f := range named {
		u := uploads[i]
		if u.SellerID != sellerID || u.OrderID != orderID {
			return nil, missing("the upload of %q has not arrived whole", f.Path)
		}
		if u.Size != f.Size || u.SHA256 != strings.ToLower(f.SHA256) {
			return nil, missing("%q arrived with other bytes than the seller has", f.Path)
		}
		files[i] = order.File{ID: u.ID, Path: f.Path, Size: u.Size, SHA256: u.SHA256, CRC32: u.CRC32, Type: u.Type, Executable: f.Executable}
	}
	return files, nil
}

func missing(format, path string) error {
	return &order.Error{Code: order.UploadMissing, Field: "files", Message: fmt.Sprintf(format, path)}
}
