package delivered

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"handover/backend/order"
	"handover/backend/receipt"
)

// receipt serves the signed receipt of a delivery to both parties. It depends only
// on what the delivery stores, so it is the same each time.
func (s *Handler) receipt(w http.ResponseWriter, r *http.Request) {
	t, err := s.find(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	if err := t.sender.Decides(); err != nil { // viewers must not see the agreement
		s.refuse(w, err)
		return
	}
	o, d := t.order, t.delivery
	file, err := s.signReceipt(r.Context(), o, d)
	if err != nil {
		s.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", receipt.MediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="receipt-%s-%d.json"`, o.ID, d.Number))
	w.Write(file)
}

func (s *Handler) signReceipt(ctx context.Context, o order.Order, d order.Delivery) ([]byte, error) {
	heading := d.Heading
	if heading == (order.Heading{}) { // delivered before deliveries stored one
		seller, err := s.Store.Accounts.Account(ctx, o.SellerID)
		if err != nil {
			return nil, fmt.Errorf("load the seller of order %s: %w", o.ID, err)
		}
		heading = order.Heading{Title: o.Title, Buyer: o.Buyer.Name, Seller: seller.Name, Server: s.PublicURL}
	}
	description := sha256.Sum256([]byte(d.Description))
	said := receipt.Receipt{
		Order: o.ID, Title: heading.Title, Number: d.Number, DeliveredAt: d.DeliveredAt,
		Seller: heading.Seller, Buyer: heading.Buyer, Server: heading.Server,
		DescriptionSHA256: hex.EncodeToString(description[:]),
	}
	for _, f := range d.Files {
		said.Files = append(said.Files, receipt.File{Path: f.Path, Size: f.Size, SHA256: f.SHA256, Executable: f.Executable})
	}
	for _, l := range d.Symlinks {
		said.Symlinks = append(said.Symlinks, receipt.Symlink(l))
	}
	for _, l := range d.Links {
		said.Links = append(said.Links, receipt.Link(l))
	}
	return receipt.Sign(said, s.ReceiptKey)
}
