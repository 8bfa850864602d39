package desk

import (
	"context"
	"fmt"
	"slices"

	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// TickPoint marks a point of the buyer as done, or not done, in the draft. The next
// delivery sends the marks.
func (d *Desk) TickPoint(id, comment string, done bool) (draft.Draft, error) {
	o, _, err := d.drafts.CachedOrder(id)
	if err != nil {
		return draft.Draft{}, err
	}
	if !slices.ContainsFunc(o.Points, func(p api.Comment) bool { return p.ID == comment }) {
		return draft.Draft{}, &order.Error{Code: order.NotFound, Message: "the buyer has sent no such point"}
	}
	before, err := d.drafts.Draft(id)
	if err != nil || slices.Contains(before.Done, comment) == done {
		return before, err
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) {
		dr.Done = slices.DeleteFunc(dr.Done, func(one string) bool { return one == comment })
		if done {
			dr.Done = append(dr.Done, comment)
		}
	}))
}

// TickPoints marks exactly the points with these numbers as done.
func (d *Desk) TickPoints(ctx context.Context, id string, numbers []int) (draft.Draft, error) {
	o, err := d.orderWith(ctx, id, func(o api.Order) bool { // the buyer may have sent a point since
		return !slices.ContainsFunc(numbers, func(n int) bool { return !hasPoint(o, n) })
	})
	if err != nil {
		return draft.Draft{}, err
	}
	var done []string
	for _, n := range numbers {
		i := slices.IndexFunc(o.Points, func(p api.Comment) bool { return p.Number == n })
		if i < 0 {
			return draft.Draft{}, &order.Error{Code: order.NotFound, Message: fmt.Sprintf("the buyer has sent no point %d", n)}
		}
		if !slices.Contains(done, o.Points[i].ID) {
			done = append(done, o.Points[i].ID)
		}
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Done = done }))
}

func hasPoint(o api.Order, number int) bool {
	return slices.ContainsFunc(o.Points, func(p api.Comment) bool { return p.Number == number })
}
