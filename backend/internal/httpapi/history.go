package httpapi

import (
	"context"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// historyRoutes read the events of an order.
type historyRoutes struct {
	orders *orders
	events store.EventLog
}

func (s historyRoutes) register(r *routes) {
	either := r.anyParty()
	add(r, openapi.Operation("GET", "/api/v1/orders/{id}/events", "order-events", "What happened to the order, oldest first", either), s.all)
	add(r, openapi.Operation("GET", "/api/v1/orders/{id}/messages", "messages", "What the parties wrote, oldest first", either), s.messages)
}

type historyRequest struct {
	OrderPath
	After uint64 `query:"after" doc:"only events with a seq above this"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"the most events in one page"`
}

func (s historyRoutes) all(ctx context.Context, in *historyRequest) (*body[api.EventPage], error) {
	return s.timeline(ctx, in, func(order.Event) bool { return true })
}

func (s historyRoutes) messages(ctx context.Context, in *historyRequest) (*body[api.EventPage], error) {
	return s.timeline(ctx, in, func(e order.Event) bool { return e.Type == order.MessageWritten })
}

// historyBatch is how many events are read from the store at once.
const historyBatch = 50

// timeline answers with the wanted events of the order that the sender may see.
func (s historyRoutes) timeline(ctx context.Context, in *historyRequest, wanted func(order.Event) bool) (*body[api.EventPage], error) {
	if _, err := s.orders.load(ctx, in.ID); err != nil {
		return nil, err
	}
	party, page := principalOf(ctx).Party, api.EventPage{Events: []order.Event{}}
	q := store.EventQuery{OrderID: in.ID, After: in.After, Limit: historyBatch}
	for {
		events, err := s.events.Events(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			q.After = e.Seq
			seen, ok := e.For(party)
			if !ok || !wanted(e) {
				continue
			}
			if len(page.Events) == in.Limit {
				page.Next = page.Events[in.Limit-1].Seq
				return &body[api.EventPage]{page}, nil
			}
			page.Events = append(page.Events, seen)
		}
		if len(events) < q.Limit {
			return &body[api.EventPage]{page}, nil
		}
	}
}
