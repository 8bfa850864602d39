package desk

import (
	"context"

	"handover/app/internal/content"
	"handover/backend/api"
	"handover/backend/order"
)

// Repeats reports whether the order's latest delivery, under review or
// accepted, is what is asked for now: these files, when there are any, and this
// description, unless nil. It is how a command that was cut off after the
// delivery, and runs again, does not deliver twice. With anything in the draft
// it is false: that is the next delivery.
func (d *Desk) Repeats(ctx context.Context, id string, what Attaching, description *string) (api.Order, bool, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil || !dr.Empty() {
		return api.Order{}, false, err
	}
	o, _, _, err := d.Orders.Refresh(ctx, id)
	if err != nil || o.Status != order.Delivered && o.Status != order.Completed {
		return o, false, err
	}
	latest := o.Deliveries[len(o.Deliveries)-1]
	if description != nil && *description != latest.Description {
		return o, false, nil
	}
	if len(what.Paths) == 0 {
		return o, true, nil
	}
	same, err := d.holds(ctx, latest, what)
	return o, same, err
}

// holds reports whether the delivery has these files, and no others.
func (d *Desk) holds(ctx context.Context, delivery api.Delivery, what Attaching) (bool, error) {
	c := d.collector(what)
	for _, p := range what.Paths {
		c.add(p)
	}
	if len(c.refused) > 0 || len(c.taken) != len(delivery.Files) || len(c.links) != len(delivery.Symlinks) {
		return false, nil
	}
	// The sizes first: most other work is told apart without being read.
	for _, f := range delivery.Files {
		if here, ok := c.taken[f.Path]; !ok || here.Size != f.Size {
			return false, nil
		}
	}
	for _, f := range delivery.Files {
		sum, _, err := content.Digest(ctx, c.taken[f.Path].Source, nil)
		if err != nil || sum != f.SHA256 {
			return false, ctx.Err() // a file that cannot be read is told of when it is attached
		}
	}
	return true, nil
}
