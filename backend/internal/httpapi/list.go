package httpapi

import (
	"context"
	"slices"
	"strings"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

type listRequest struct {
	Status []order.Status `query:"status" enum:"active,delivered,in_revision,completed,cancelled" doc:"only these, separated by commas"`
	Late   bool           `query:"late" doc:"only orders whose due date has passed while work is owed"`
	Query  string         `query:"query" maxLength:"200" doc:"text in title, buyer's name or ID"`
	Cursor string         `query:"cursor" maxLength:"200" doc:"the cursor of the page before; none for the first page"`
	Limit  int            `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"the most orders in one page"`
}

func (s *Server) listOrders(ctx context.Context, in *listRequest) (*body[api.OrderPage], error) {
	a, now := principalOf(ctx), s.Now()
	q := store.Query{SellerID: a.Account.ID, Status: in.Status, Text: strings.TrimSpace(in.Query), Cursor: in.Cursor, Limit: in.Limit}
	if in.Late {
		q.LateAt = now
	}
	page, err := s.Store.Orders.List(ctx, q)
	if err != nil {
		return nil, s.refuse(err)
	}
	answer := api.OrderPage{Orders: make([]api.Order, 0, len(page.Orders)), Cursor: page.Cursor}
	for _, o := range page.Orders {
		o.Advance(now, s.Policy)
		if len(in.Status) > 0 && !slices.Contains(in.Status, o.Status) {
			continue // a deadline passed, and the store has the old status
		}
		v, err := s.view(ctx, a, o)
		if err != nil {
			return nil, s.refuse(err)
		}
		answer.Orders = append(answer.Orders, v)
	}
	return &body[api.OrderPage]{answer}, nil
}

func (s *Server) summary(ctx context.Context, _ *struct{}) (*body[api.Summary], error) {
	sum, err := s.Store.Orders.Summarise(ctx, principalOf(ctx).Account.ID, s.Now())
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.Summary]{api.Summary{
		Active: sum.Count[order.Active], Delivered: sum.Count[order.Delivered], InRevision: sum.Count[order.InRevision],
		Completed: sum.Count[order.Completed], Cancelled: sum.Count[order.Cancelled], Late: sum.Late,
	}}, nil
}
