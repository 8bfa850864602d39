package orders

import (
	"context"
	"io"

	"handover/backend/api"
)

// Earnings returns the seller's balances.
func (m *Mirror) Earnings(ctx context.Context) (api.Earnings, error) {
	return ask(m, func(c *api.Client) (api.Earnings, error) { return c.Earnings(ctx) })
}

// EarningsCSV writes the seller's ledger to w as CSV.
func (m *Mirror) EarningsCSV(ctx context.Context, w io.Writer) error {
	_, err := ask(m, func(c *api.Client) (struct{}, error) { return struct{}{}, c.EarningsCSV(ctx, w) })
	return err
}

// Receipt returns the signed receipt of a delivery, byte for byte.
func (m *Mirror) Receipt(ctx context.Context, id string, delivery int) ([]byte, error) {
	return ask(m, func(c *api.Client) ([]byte, error) { return c.Receipt(ctx, id, delivery) })
}

// Picture returns a delivered file that can be shown as a picture, with its
// media type. It returns order.NotFound for a file that is not a picture, and
// order.TooLarge for one above maxPicture.
func (m *Mirror) Picture(ctx context.Context, id string, delivery int, file string) (content []byte, mediaType string, err error) {
	type picture struct {
		content   []byte
		mediaType string
	}
	p, err := ask(m, func(client *api.Client) (p picture, err error) {
		p.content, p.mediaType, err = client.Picture(ctx, id, delivery, file, maxPicture)
		return p, err
	})
	return p.content, p.mediaType, err
}

// maxPicture is the size in bytes of the largest picture that the window shows.
const maxPicture = 20_000_000
