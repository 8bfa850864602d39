// Package delivered serves the content of deliveries: files, previews, pictures,
// zips and receipts. It records views and downloads by buyers and viewers.
package delivered

import (
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"handover/backend/internal/download"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

// Files opens the content of finished uploads.
type Files interface {
	OpenFile(ctx context.Context, id string) (io.ReadSeekCloser, error)
}

// Redirect returns an address of the content of a finished upload, with these
// headers. The address works for a short time and does not lead to this server.
type Redirect func(ctx context.Context, id, contentType, disposition string) (string, error)

// Config says where the content comes from.
type Config struct {
	access.Authorizer
	Files      Files
	Redirect   Redirect // for downloads of single files; nil to serve them here
	Thumbnails Thumbnails
	Renditions Renditions
	Activity   Activity
	PublicURL  string // as receipts name the server
	ReceiptKey ed25519.PrivateKey
	Log        *slog.Logger
}

// Handler serves the content of deliveries.
type Handler struct {
	Config
	checksums download.Checksums
}

// New returns a handler.
func New(c Config) *Handler { return &Handler{Config: c} }

// Register adds the routes.
func (s *Handler) Register(routes *http.ServeMux) {
	const delivery = "GET /api/v1/orders/{id}/deliveries/{n}"
	routes.HandleFunc(delivery+"/files/{file}", s.file)
	routes.HandleFunc(delivery+"/files/{file}/preview", s.preview)
	routes.HandleFunc(delivery+"/files/{file}/thumbnail", s.thumbnail)
	routes.HandleFunc(delivery+"/files/{file}/rendition", s.rendition)
	routes.HandleFunc(delivery+"/archive.zip", s.archive)
	routes.HandleFunc(delivery+"/receipt", s.receipt)
}

var (
	noDelivery = &order.Error{Code: order.NotFound, Message: "there is no such delivery"}
	noFile     = &order.Error{Code: order.NotFound, Message: "there is no such file"}
	noPreview  = &order.Error{Code: order.NotFound, Message: "this file has no preview; download it"}
)

// target is the delivery that a request names, with the sender of the request.
type target struct {
	sender   access.Principal
	order    order.Order
	delivery order.Delivery
}

// find returns the delivery that a request names, if the sender may see it.
func (s *Handler) find(r *http.Request) (t target, err error) {
	id := r.PathValue("id")
	if t.sender, err = s.Identify(r, id); err != nil {
		return t, err
	}
	if t.order, err = s.Load(r.Context(), t.sender, id); err != nil {
		return t, err
	}
	n, _ := strconv.Atoi(r.PathValue("n")) // deliveries are numbered from 1
	d, ok := t.order.Delivery(n)
	if !ok {
		return t, noDelivery
	}
	t.delivery = d
	return t, nil
}

// findFile returns the delivered file that a request names, too.
func (s *Handler) findFile(r *http.Request) (target, order.File, error) {
	t, err := s.find(r)
	if err != nil {
		return t, order.File{}, err
	}
	id := r.PathValue("file")
	i := slices.IndexFunc(t.delivery.Files, func(f order.File) bool { return f.ID == id })
	if i < 0 {
		return t, order.File{}, noFile
	}
	return t, t.delivery.Files[i], nil
}

func (s *Handler) refuse(w http.ResponseWriter, err error) { problem.Refuse(w, err, s.Log) }
