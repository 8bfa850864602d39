package api

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"handover/backend/order"
)

// At returns a client whose actions are refused with stale_version when the
// order no longer has the version.
func (c *Client) At(version int) *Client {
	at := *c
	at.match = fmt.Sprintf(`"v%d"`, version)
	return &at
}

// PlaceOrderOnce is PlaceOrder with a key that never places two orders, so the
// caller can retry a call whose answer was lost.
func (c *Client) PlaceOrderOnce(ctx context.Context, key string, o NewOrder) (PlacedOrder, error) {
	return call[PlacedOrder](ctx, c, "POST", "/orders", o, "Idempotency-Key", key)
}

// importTimeout bounds an import, whose file may be large.
const importTimeout = 5 * time.Minute

// ImportOrders places the orders of a CSV file, all or none. The problem for an
// invalid file lists the errors by line.
func (c *Client) ImportOrders(ctx context.Context, in Import) (Imported, error) {
	ctx, cancel := context.WithTimeout(ctx, importTimeout)
	defer cancel()
	q := url.Values{"timezone": {in.Timezone}, "dry_run": {strconv.FormatBool(in.DryRun)}}
	headers := []string{"Content-Type", "text/csv"}
	if in.Key != "" {
		headers = append(headers, "Idempotency-Key", in.Key)
	}
	resp, err := c.do(ctx, "POST", "/orders/import?"+q.Encode(), bytes.NewReader(in.File), headers...)
	if err != nil {
		return Imported{}, err
	}
	defer resp.Body.Close()
	return decode[Imported](resp)
}

// Filter selects a page of a seller's orders; the zero value is the first 100
// orders.
type Filter struct {
	Status []order.Status // none for all
	Late   bool
	Text   string
	Cursor string // of the previous page
	Limit  int    // 0 for the server's default
}

// OrderPage returns a page of the seller's orders, soonest due first.
func (c *Client) OrderPage(ctx context.Context, f Filter) (OrderPage, error) {
	q := url.Values{}
	for _, s := range f.Status {
		q.Set("status", strings.TrimPrefix(q.Get("status")+","+string(s), ","))
	}
	if f.Late {
		q.Set("late", "true")
	}
	if f.Text != "" {
		q.Set("query", f.Text)
	}
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	if f.Limit > 0 {
		q.Set("limit", strconv.Itoa(f.Limit))
	}
	return call[OrderPage](ctx, c, "GET", "/orders?"+q.Encode(), nil)
}

// Summary counts the seller's orders.
func (c *Client) Summary(ctx context.Context) (Summary, error) {
	return call[Summary](ctx, c, "GET", "/orders/summary", nil)
}

// ChangeOrder changes the agreement, or the seller's notes.
func (c *Client) ChangeOrder(ctx context.Context, id string, e OrderEdit) (Order, error) {
	return call[Order](ctx, c, "PATCH", "/orders/"+url.PathEscape(id), e)
}

// NoteDraft reports that a delivery is being prepared on a computer.
func (c *Client) NoteDraft(ctx context.Context, id string, n DraftHere) error {
	_, err := call[struct{}](ctx, c, "PUT", "/orders/"+url.PathEscape(id)+"/draft-note", n)
	return err
}

// ReviewLink returns the buyer's link to the order.
func (c *Client) ReviewLink(ctx context.Context, id string) (ReviewLink, error) {
	return call[ReviewLink](ctx, c, "GET", "/orders/"+url.PathEscape(id)+"/review-link", nil)
}

// RenewReviewLink gives the buyer a new link; the old link stops working.
func (c *Client) RenewReviewLink(ctx context.Context, id string) (ReviewLink, error) {
	return call[ReviewLink](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/review-link", nil)
}

// RevokeReviewLink revokes the buyer's link until it is renewed.
func (c *Client) RevokeReviewLink(ctx context.Context, id string) (ReviewLink, error) {
	return call[ReviewLink](ctx, c, "DELETE", "/orders/"+url.PathEscape(id)+"/review-link", nil)
}

// History returns up to limit events of the order's history after the seq,
// oldest first, and the seq to continue after.
func (c *Client) History(ctx context.Context, id string, after uint64, limit int) (EventPage, error) {
	return call[EventPage](ctx, c, "GET", fmt.Sprintf("/orders/%s/events?after=%d&limit=%d", url.PathEscape(id), after, limit), nil)
}

// Messages is History of the messages alone.
func (c *Client) Messages(ctx context.Context, id string, after uint64, limit int) (EventPage, error) {
	return call[EventPage](ctx, c, "GET", fmt.Sprintf("/orders/%s/messages?after=%d&limit=%d", url.PathEscape(id), after, limit), nil)
}

// WriteMessage writes to the other party.
func (c *Client) WriteMessage(ctx context.Context, id, message string) (Order, error) {
	return call[Order](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/messages", Message{message})
}

// ProposeCancellation asks the other party to cancel; the message may be empty.
func (c *Client) ProposeCancellation(ctx context.Context, id, message string) (Order, error) {
	return call[Order](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/cancellation", Message{message})
}

// AnswerCancellation ends a proposal to cancel. WithdrawCancellation is for the
// party that proposed it, AgreeCancellation and DeclineCancellation are for the
// other party.
func (c *Client) AnswerCancellation(ctx context.Context, id string, answer order.Action) (Order, error) {
	last := map[order.Action]string{
		order.AgreeCancellation: "agree", order.DeclineCancellation: "decline", order.WithdrawCancellation: "withdraw",
	}[answer]
	return call[Order](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/cancellation/"+last, nil)
}
