package backend_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// placed is an order of eva's, with what opens it.
type placed struct {
	id, buyer string // the buyer's token
	file      order.File
}

func (p placed) path(rest string) string { return "/api/v1/orders/" + p.id + rest }

// The states that an order can be brought to.
const (
	active           = "active"
	delivered        = "delivered"
	inRevision       = "in revision"
	completed        = "completed"
	cancelled        = "cancelled"
	sellerProposed   = "active, the seller proposed to cancel"
	buyerProposed    = "delivered, the buyer proposed to cancel"
	content          = "the bytes of the film" // of the delivered file
	deliveredPath    = "Fotos/Hochzeit ä.jpg"
	goodDelivery     = `{"description":"It","links":[{"url":"https://example.org/film"}]}`
	deliverRoute     = "/deliveries"
	idempotencyField = "Idempotency-Key"
)

func states() []string {
	return []string{active, delivered, inRevision, completed, cancelled, sellerProposed, buyerProposed}
}

// order brings a new order of eva's to a state, over HTTP.
func (s *site) order(state string) placed {
	s.Helper()
	return s.orderOf(s.eva, state)
}

func (s *site) orderOf(seller, state string) placed {
	s.Helper()
	due := s.clock.Now().Add(time.Hour).Format(time.RFC3339)
	n := into[api.PlacedOrder](s, s.send(request{method: "POST", path: "/api/v1/orders", as: seller, body: `{
		"title":"Film","buyer":{"name":"Bea","email":"bea@example.org"},"due_at":"` + due + `","price":{"amount":"120.50","currency":"EUR"}}`}))
	p := placed{id: n.ID, buyer: n.ReviewURL[strings.LastIndexByte(n.ReviewURL, '/')+1:]}
	act := func(as, rest, body string) {
		s.Helper()
		into[api.Order](s, s.send(request{method: "POST", path: p.path(rest), as: as, body: body}))
	}
	if state == delivered || state == inRevision || state == completed || state == buyerProposed {
		p.file = s.upload(seller, p.id, deliveredPath, content)
		s.deliver(seller, p)
	}
	switch state {
	case inRevision:
		act(p.buyer, "/changes", `{"message":"longer"}`)
	case completed:
		act(p.buyer, "/accept", "")
	case cancelled:
		act(seller, "/cancellation", `{}`)
		act(p.buyer, "/cancellation/agree", "")
	case sellerProposed:
		act(seller, "/cancellation", `{"message":"sorry"}`)
	case buyerProposed:
		act(p.buyer, "/cancellation", `{"message":"sorry"}`)
	}
	return p
}

// upload sends a file by tus, in one piece.
func (s *site) upload(seller, id, path, text string) order.File {
	s.Helper()
	encode := base64.StdEncoding.EncodeToString
	made := s.send(request{method: "POST", path: "/uploads/", as: seller, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)),
		"Upload-Metadata", "order " + encode([]byte(id)) + ",path " + encode([]byte(path)),
	}})
	location := made.Header.Get("Location")
	sent := s.send(request{method: "PATCH", path: location, as: seller, body: text, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream",
	}})
	if made.StatusCode != http.StatusCreated || sent.StatusCode != http.StatusNoContent {
		s.Fatalf("uploading: %s %s, %s %s", made.Status, made.raw, sent.Status, sent.raw)
	}
	return fileAt(location, path, text)
}

// fileAt is the file whose upload is at a location.
func fileAt(location, path, text string) order.File {
	sum := sha256.Sum256([]byte(text))
	return order.File{
		ID: location[strings.LastIndexByte(location, '/')+1:], Path: path, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
	}
}

// delivery is the body that delivers files.
func delivery(files ...order.File) string {
	d := api.NewDelivery{Description: "The film"}
	for _, f := range files {
		d.Files = append(d.Files, api.DeliveredFile{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256})
	}
	raw, _ := json.Marshal(d)
	return string(raw)
}

func (s *site) deliver(seller string, p placed) api.Order {
	s.Helper()
	return into[api.Order](s, s.send(request{
		method: "POST", path: p.path(deliverRoute), as: seller, body: delivery(p.file), header: []string{idempotencyField, "first " + p.id},
	}))
}

// look returns the order as its buyer sees it.
func (s *site) look(p placed) api.Order {
	s.Helper()
	return into[api.Order](s, s.send(request{method: "GET", path: p.path(""), as: p.buyer}))
}
