package api

import "context"

// Account returns the seller's own account.
func (c *Client) Account(ctx context.Context) (Account, error) {
	return call[Account](ctx, c, "GET", "/account", nil)
}

// ChangeAccount changes what the patch names, and returns the account as it
// then is.
func (c *Client) ChangeAccount(ctx context.Context, p AccountPatch) (Account, error) {
	return call[Account](ctx, c, "PATCH", "/account", p)
}
