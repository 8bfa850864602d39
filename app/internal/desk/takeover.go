package desk

import (
	"context"
	"fmt"
	"slices"

	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/backend/api"
	"handover/backend/order"
)

// TakeOver adds files of an earlier delivery to the draft: those at the paths, or all
// files without paths. They are on the server already, so this computer needs no copy.
// A file of the draft with the same path stays.
func (d *Desk) TakeOver(ctx context.Context, id string, delivery int, paths []string) (draft.Draft, error) {
	o, err := d.orderWith(ctx, id, func(o api.Order) bool { // the delivery may come from another computer
		return slices.ContainsFunc(o.Deliveries, func(made api.Delivery) bool { return made.Number == delivery })
	})
	if err != nil {
		return draft.Draft{}, err
	}
	if err := orders.AllowsDelivery(o); err != nil {
		return draft.Draft{}, err
	}
	i := slices.IndexFunc(o.Deliveries, func(made api.Delivery) bool { return made.Number == delivery })
	if i < 0 {
		return draft.Draft{}, &order.Error{Code: order.NotFound, Message: fmt.Sprintf("the order has no delivery %d", delivery)}
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, err
	}
	has := names(dr)
	var files []draft.File
	for _, f := range o.Deliveries[i].Files {
		if has[f.Path] || len(paths) > 0 && !slices.Contains(paths, f.Path) {
			continue
		}
		files = append(files, draft.File{
			Path: f.Path, Size: f.Size, State: draft.Verified, SHA256: f.SHA256, Origin: draft.FromDelivery, Upload: f.ID, Executable: f.Executable,
		})
	}
	if len(dr.Files)+len(files) > order.MaxFiles {
		return dr, tooManyFiles()
	}
	if len(files) == 0 {
		return dr, nil
	}
	if _, err := d.drafts.PutFiles(id, files); err != nil {
		return dr, err
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) { takeLinks(dr, o.Deliveries[i].Symlinks) }))
}

// orderWith returns the known order if has reports true for it, and otherwise asks the
// server.
func (d *Desk) orderWith(ctx context.Context, id string, has func(api.Order) bool) (api.Order, error) {
	o, _, _, err := d.Orders.Order(ctx, id)
	if err != nil || has(o) {
		return o, err
	}
	o, _, _, err = d.Orders.Refresh(ctx, id)
	return o, err
}

// takeLinks adds the symbolic links of an earlier delivery, which go with its files.
func takeLinks(dr *draft.Draft, links []order.Symlink) {
	for _, l := range links {
		if !slices.ContainsFunc(dr.Symlinks, func(has draft.Symlink) bool { return has.Path == l.Path }) {
			dr.Symlinks = append(dr.Symlinks, draft.Symlink{Path: l.Path, Target: l.Target, Origin: draft.FromDelivery})
		}
	}
}
