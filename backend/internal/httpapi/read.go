package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// orderRoutes read orders.
type orderRoutes struct {
	orders *orders
	store  store.Orders
	views  *views
	visits visits
	now    func() time.Time
	policy order.Policy
}

// visits records views by buyers and viewers, see [delivered.Handler].
type visits interface {
	Record(sender access.Principal, o order.Order, delivery int, file string)
}

func (s orderRoutes) register(r *routes) {
	seller := r.sellers()
	add(r, openapi.Operation("GET", "/api/v1/orders", "list-orders", "A seller's orders, soonest due first", seller), s.list)
	add(r, openapi.Operation("GET", "/api/v1/orders/summary", "summary", "How many orders a seller has in each status", seller), s.summary)
	add(r, openapi.Operation("GET", "/api/v1/orders/{id}", "order", "One order", r.anyReader(), http.StatusNotModified), s.get)
}

type orderRequest struct {
	OrderPath
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"an ETag; answered with 304 when the order is still the same"`
}

// orderOrSame is an order, or status 304 without a body for an unchanged order.
type orderOrSame struct {
	Status int
	ETag   string `header:"ETag" doc:"names this state of the order, for If-Match and If-None-Match"`
	Body   api.Order
}

func (s orderRoutes) get(ctx context.Context, in *orderRequest) (*orderOrSame, error) {
	o, err := s.orders.load(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	answer, err := s.views.answer(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.views.addDrafts(ctx, &answer.Body); err != nil {
		return nil, err
	}
	s.visits.Record(principalOf(ctx), o, len(o.Deliveries), "")
	status := http.StatusOK
	if slices.Contains(tags(in.IfNoneMatch), strings.Trim(answer.ETag, `"`)) {
		status = http.StatusNotModified
	}
	return &orderOrSame{status, answer.ETag, answer.Body}, nil
}

type listRequest struct {
	Status []order.Status `query:"status" enum:"active,delivered,in_revision,completed,cancelled" doc:"only these, separated by commas"`
	Late   bool           `query:"late" doc:"only orders whose due date has passed while work is owed"`
	Query  string         `query:"query" maxLength:"200" doc:"text in title, buyer's name or ID"`
	Cursor string         `query:"cursor" maxLength:"200" doc:"the cursor of the page before; none for the first page"`
	Limit  int            `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"the most orders in one page"`
}

func (s orderRoutes) list(ctx context.Context, in *listRequest) (*body[api.OrderPage], error) {
	now := s.now()
	q := store.Query{SellerID: principalOf(ctx).Account.ID, Status: in.Status, Text: strings.TrimSpace(in.Query), Cursor: in.Cursor, Limit: in.Limit}
	if in.Late {
		q.LateAt = now
	}
	page, err := s.store.List(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := api.OrderPage{Orders: make([]api.Order, 0, len(page.Orders)), Cursor: page.Cursor}
	for _, o := range page.Orders {
		o.Advance(now, s.policy)
		if len(in.Status) > 0 && !slices.Contains(in.Status, o.Status) {
			continue // a deadline passed, and the store has the old status
		}
		v, err := s.views.view(ctx, o)
		if err != nil {
			return nil, err
		}
		answer.Orders = append(answer.Orders, v)
	}
	return &body[api.OrderPage]{answer}, nil
}

func (s orderRoutes) summary(ctx context.Context, _ *struct{}) (*body[api.Summary], error) {
	sum, err := s.store.Summarise(ctx, principalOf(ctx).Account.ID, s.now())
	if err != nil {
		return nil, err
	}
	return &body[api.Summary]{api.Summary{
		Active: sum.Count[order.Active], Delivered: sum.Count[order.Delivered], InRevision: sum.Count[order.InRevision],
		Completed: sum.Count[order.Completed], Cancelled: sum.Count[order.Cancelled], Late: sum.Late,
	}}, nil
}
