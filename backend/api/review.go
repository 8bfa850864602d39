package api

import (
	"context"
	"net/url"
)

// Review makes the calls with which the buyer's side reviews the deliveries of one
// order. Errors are as for [Client].
type Review struct {
	client *Client
	path   string // of the order
}

// Review returns the review of an order.
func (c *Client) Review(id string) Review { return Review{c, "/orders/" + url.PathEscape(id)} }

// Accept completes the order.
func (r Review) Accept(ctx context.Context) (Order, error) {
	return call[Order](ctx, r.client, "POST", r.path+"/accept", nil)
}

// RequestChanges sends the order back to the seller.
func (r Review) RequestChanges(ctx context.Context, changes Changes) (Order, error) {
	return call[Order](ctx, r.client, "POST", r.path+"/changes", changes)
}

// PutComment writes a comment under an ID that the caller chooses, or changes
// the draft that has it.
func (r Review) PutComment(ctx context.Context, comment string, n NewComment) (Comment, error) {
	return call[Comment](ctx, r.client, "PUT", r.commentPath(comment), n)
}

// DeleteComment deletes a draft. It ignores a missing draft.
func (r Review) DeleteComment(ctx context.Context, comment string) error {
	_, err := call[struct{}](ctx, r.client, "DELETE", r.commentPath(comment), nil)
	return err
}

func (r Review) commentPath(comment string) string {
	return r.path + "/comments/" + url.PathEscape(comment)
}
