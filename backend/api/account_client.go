package api

import "context"

// Account returns the seller's own account.
func (c *Client) Account(ctx context.Context) (Account, error) {
	return call[Account](ctx, c, "GET", "/account", nil)
}

// ChangeAccount applies the patch and returns the changed account.
func (c *Client) ChangeAccount(ctx context.Context, p AccountPatch) (Account, error) {
	return call[Account](ctx, c, "PATCH", "/account", p)
}
