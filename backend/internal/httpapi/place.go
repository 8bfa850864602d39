package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

const (
	maxImportBody = 10 << 20 // bytes
	// slowBody is how long a large body may take to arrive.
	slowBody = 2 * time.Minute
)

// Placement places orders and makes their links.
type Placement interface {
	// PlaceOnce places an order and returns it with its review link. A key
	// makes the call idempotent; "" for none.
	PlaceOnce(ctx context.Context, sellerID, key string, n api.NewOrder) (order.Order, string, error)
	// Import places the orders of a file, or returns the errors in it.
	Import(ctx context.Context, sellerID string, in api.Import) (api.Imported, error)
	// ReviewURL returns the link that opens the order, "" when the order has
	// none or the server cannot derive it.
	ReviewURL(o order.Order) string
	// Renew replaces the review link of an order.
	Renew(o *order.Order, now time.Time, p order.Policy) []order.Event
	// Share adds a link with which the buyer shows the work to others.
	Share(o *order.Order, name string, now time.Time, p order.Policy) ([]order.Event, error)
	// ViewURL returns the address of such a link.
	ViewURL(o order.Order, link order.ViewLink) string
}

// placementRoutes place orders.
type placementRoutes struct {
	placement Placement
	views     *views
}

func (s placementRoutes) register(r *routes) {
	seller := r.sellers()
	placing := openapi.Operation("POST", "/api/v1/orders", "place-order", "Place an order for a client", seller, http.StatusConflict, http.StatusUnprocessableEntity)
	placing.DefaultStatus = http.StatusCreated
	add(r, placing, s.place)
	importing := openapi.Operation("POST", "/api/v1/orders/import", "import-orders", "Place the orders of a CSV file, all or none", seller,
		http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	importing.MaxBodyBytes, importing.BodyReadTimeout = maxImportBody, slowBody
	add(r, importing, s.importFile)
}

// PlaceKey makes a placement idempotent. It is exported for huma, see
// [OrderPath].
type PlaceKey struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"the same key never places twice"`
}

type placeRequest struct {
	PlaceKey
	Body api.NewOrder
}

type placeAnswer struct {
	ETag string `header:"ETag" doc:"names this state of the order, for If-Match and If-None-Match"`
	Body api.PlacedOrder
}

func (s placementRoutes) place(ctx context.Context, in *placeRequest) (*placeAnswer, error) {
	o, link, err := s.placement.PlaceOnce(ctx, principalOf(ctx).Account.ID, in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	v, err := s.views.view(ctx, o)
	if err != nil {
		return nil, err
	}
	return &placeAnswer{etag(v), api.PlacedOrder{Order: v, ReviewURL: link}}, nil
}

type importRequest struct {
	PlaceKey
	Timezone string `query:"timezone" maxLength:"100" doc:"where dates without a zone are, such as Europe/Berlin; UTC when missing"`
	DryRun   bool   `query:"dry_run" doc:"say what would be placed, and place nothing"`
	RawBody  []byte `contentType:"text/csv"`
}

func (s placementRoutes) importFile(ctx context.Context, in *importRequest) (*body[api.Imported], error) {
	result, err := s.placement.Import(ctx, principalOf(ctx).Account.ID, api.Import{
		File: in.RawBody, Timezone: in.Timezone, DryRun: in.DryRun, Key: in.Key,
	})
	if err != nil {
		return nil, err
	}
	if result.Wrong > 0 {
		p := problem.New(http.StatusUnprocessableEntity, string(order.Invalid), fmt.Sprintf("the file has %d errors; nothing was placed", result.Wrong))
		p.Errors = result.Errors
		return nil, p
	}
	return &body[api.Imported]{result}, nil
}
