package httpapi

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"handover/backend/api"
	"handover/backend/order"
	"handover/backend/receipt"
)

// receipt serves the signed receipt of a delivery to both parties. It is made of
// what the delivery keeps, and therefore the same each time.
func (s *Server) receipt(w http.ResponseWriter, r *http.Request) {
	a, o, d, err := s.delivery(r)
	if err == nil {
		err = a.decides() // what the parties agreed on is theirs
	}
	var file []byte
	if err == nil {
		file, err = s.signReceipt(r.Context(), o, d)
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	w.Header().Set("Content-Type", receipt.MediaType)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="receipt-%s-%d.json"`, o.ID, d.Number))
	w.Write(file)
}

func (s *Server) signReceipt(ctx context.Context, o order.Order, d order.Delivery) ([]byte, error) {
	heading := d.Heading
	if heading == (order.Heading{}) { // from before deliveries kept one
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

func (s *Server) serverKey(context.Context, *struct{}) (*body[api.ServerKey], error) {
	key, ok := s.ReceiptKey.Public().(ed25519.PublicKey)
	if !ok {
		return nil, s.refuse(fmt.Errorf("the key that signs receipts is none of Ed25519"))
	}
	return &body[api.ServerKey]{api.ServerKey{Algorithm: "Ed25519", Key: receipt.EncodeKey(key), KeyID: receipt.KeyID(key)}}, nil
}
