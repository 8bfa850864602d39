package api

import (
	"context"
	"fmt"
	"io"
	"net/url"
)

// ServerKey is the public key with which the server signs receipts.
type ServerKey struct {
	Algorithm string `json:"algorithm" enum:"Ed25519"`
	Key       string `json:"key" doc:"the public key, 32 bytes in base64"`
	KeyID     string `json:"key_id" doc:"the first 32 hex digits of the key's SHA-256"`
}

// ServerKey returns the key with which the server signs receipts.
func (c *Client) ServerKey(ctx context.Context) (ServerKey, error) {
	return call[ServerKey](ctx, c, "GET", "/server/key", nil)
}

// Receipt returns the signed receipt of a delivery. Keep it byte for byte; package
// receipt verifies it.
func (c *Client) Receipt(ctx context.Context, id string, delivery int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	resp, err := c.do(ctx, "GET", fmt.Sprintf("/orders/%s/deliveries/%d/receipt", url.PathEscape(id), delivery), nil, "Accept", anything)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	file, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: its answer was cut short: %w", ErrUnreachable, err)
	}
	return file, nil
}
