package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// measure is one round in a database.
func (m *market) measure(ctx context.Context, b *bench) error {
	for _, part := range []func(context.Context) error{m.lists, m.events, m.actions, m.deadlines} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	if err := m.time("`/metrics`, with the question for the next deadline", looks, func() error { return get(ctx, m.url+"/metrics") }); err != nil {
		return err
	}
	m.server.stop()
	return m.time("start until `/readyz`", 1, func() error { return m.start(ctx, b, b.file(m.name)) })
}

// lists measures the queries of the window for pages of orders.
func (m *market) lists(ctx context.Context) error {
	ask := func(name string, f api.Filter, some bool) error {
		return m.time(name, looks, func() error {
			page, err := m.eva.OrderPage(ctx, f)
			if err != nil {
				return err
			}
			if some != (len(page.Orders) > 0) {
				return fmt.Errorf("the page has %d orders", len(page.Orders))
			}
			return nil
		})
	}
	errs := []error{
		ask("first page of 100", api.Filter{}, true),
		ask("the page after the 8,000th order", api.Filter{Cursor: m.deep}, true),
		ask("first page, late", api.Filter{Late: true}, true),
	}
	for _, s := range []order.Status{order.Active, order.Delivered, order.InRevision, order.Completed, order.Cancelled} {
		errs = append(errs, ask("first page, "+string(s), api.Filter{Status: []order.Status{s}}, true))
	}
	return errors.Join(append(errs,
		ask("first page, three statuses", api.Filter{Status: []order.Status{order.Active, order.Delivered, order.InRevision}}, true),
		ask("search, many have it", api.Filter{Text: "logo"}, true),
		ask("search, one has it", api.Filter{Text: m.left[string(order.Active)][0].ID}, true),
		ask("search, none has it", api.Filter{Text: "no such thing"}, false),
		m.time("counts by status", looks, func() error { _, err := m.eva.Summary(ctx); return err }),
	)...)
}

// events catches up from a cursor near the end, and reads an order's history.
func (m *market) events(ctx context.Context) error {
	if err := m.hundredFromEnd(ctx); err != nil {
		return err
	}
	id := m.left[string(order.Delivered)][0].ID
	return errors.Join(
		m.time("event stream, 100 events to catch up", looks, func() error {
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			seen := 0
			err := m.eva.Events(ctx, fmt.Sprint(m.near), func(string) {}, func(string, order.Event) {
				if seen++; seen == 100 {
					stop()
				}
			})
			if seen == 100 {
				return nil
			}
			return err
		}),
		m.time("history of an order", looks, func() error { _, err := m.eva.History(ctx, id, 0, 100); return err }),
	)
}

// actions measures the actions of the buyer and the seller.
func (m *market) actions(ctx context.Context) error {
	for range acts {
		o, err := m.take(order.Delivered)
		if err != nil {
			return err
		}
		link, err := m.eva.RenewReviewLink(ctx, o.ID)
		if err != nil {
			return err
		}
		buyer, err := api.NewClient(m.url, path.Base(link.ReviewURL), http.DefaultTransport)
		if err != nil {
			return err
		}
		err = errors.Join(
			m.time("a message", 1, func() error { _, err := m.eva.WriteMessage(ctx, o.ID, "How long shall it be?"); return err }),
			m.time("accept", 1, func() error { _, err := buyer.Review(o.ID).Accept(ctx); return err }),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// deadlines makes ten reviews end almost at once, and measures the delay until the
// seller's stream reports each.
func (m *market) deadlines(ctx context.Context) error {
	ends := map[string]time.Time{}
	for range acts {
		o, err := m.take(order.Active)
		if err != nil {
			return err
		}
		err = m.time("deliver", 1, func() error {
			o, err = m.eva.Deliver(ctx, o.ID, "key of "+o.ID, api.NewDelivery{Description: "It", Links: []order.Link{{URL: "https://example.org/film"}}})
			return err
		})
		if err != nil {
			return err
		}
		ends[o.ID] = *o.ReviewEndsAt
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	err := m.eva.Events(ctx, fmt.Sprint(m.near), func(string) {}, func(_ string, e order.Event) {
		if end, waits := ends[e.Order]; waits && e.Type == order.OrderCompleted {
			m.took("from a deadline until the stream tells of it, ten due", time.Since(end))
			if delete(ends, e.Order); len(ends) == 0 {
				stop()
			}
		}
	})
	if len(ends) == 0 {
		return nil
	}
	return fmt.Errorf("%d deadlines were not honoured: %w", len(ends), err)
}
