package admin

import (
	"context"
	"fmt"
)

// Swept counts the data that the janitor removed or, in a dry run, would remove.
type Swept struct {
	Abandoned   int   `json:"abandoned"`   // uploads that were not finished
	Undelivered int   `json:"undelivered"` // finished uploads of orders that are over
	Leftovers   int   `json:"leftovers"`   // files without an upload
	Shared      int   `json:"shared"`      // uploads with duplicate content
	Bytes       int64 `json:"bytes"`       // freed
}

func (s Swept) String() string {
	return fmt.Sprintf("%d abandoned uploads, %d undelivered files, %d leftovers, %d shared files, %d bytes",
		s.Abandoned, s.Undelivered, s.Leftovers, s.Shared, s.Bytes)
}

type sweep struct {
	DryRun bool `json:"dry_run"`
}

// Sweep implements [Operator].
func (c *Client) Sweep(ctx context.Context, dryRun bool) (Swept, error) {
	return ask[Swept](ctx, c, "janitor", sweep{dryRun})
}
