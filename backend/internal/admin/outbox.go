package admin

import (
	"context"
	"net/http"

	"handover/backend/api"
)

// Outboxes gives the operator access to e-mails and webhooks that are not sent yet.
type Outboxes interface {
	// Outbox lists the unsent messages of a channel, or only the failed ones.
	Outbox(ctx context.Context, channel string, failed bool) ([]api.OutboxEntry, error)
	// Resend sends failed and waiting messages of a channel now: the message
	// with the ID, or all for an empty ID. It returns their number.
	Resend(ctx context.Context, channel, id string) (int, error)
}

type outboxQuery struct {
	Channel string `json:"channel"`
	Failed  bool   `json:"failed,omitempty"`
	ID      string `json:"id,omitempty"`
}

func handleOutboxes(mux *http.ServeMux, op Outboxes) {
	mux.Handle("POST /outbox/list", call(func(ctx context.Context, q outboxQuery) ([]api.OutboxEntry, error) {
		return op.Outbox(ctx, q.Channel, q.Failed)
	}))
	mux.Handle("POST /outbox/resend", call(func(ctx context.Context, q outboxQuery) (int, error) {
		return op.Resend(ctx, q.Channel, q.ID)
	}))
}

// Outbox implements [Outboxes].
func (c *Client) Outbox(ctx context.Context, channel string, failed bool) ([]api.OutboxEntry, error) {
	return ask[[]api.OutboxEntry](ctx, c, "outbox/list", outboxQuery{Channel: channel, Failed: failed})
}

// Resend implements [Outboxes].
func (c *Client) Resend(ctx context.Context, channel, id string) (int, error) {
	return ask[int](ctx, c, "outbox/resend", outboxQuery{Channel: channel, ID: id})
}
