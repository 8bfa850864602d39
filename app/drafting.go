package app

import (
	"encoding/base64"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
)

// Arrange gives the files of the draft an order; none goes back to the usual one.
func (a *App) Arrange(id string, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Arrange(id, paths) })
}

// Restore takes back what Detach just did.
func (a *App) Restore(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Restore(a.p.ctx, id, path) })
}

// TakeOver puts files of an earlier delivery into the draft, all for no paths.
func (a *App) TakeOver(id string, delivery int, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.TakeOver(a.p.ctx, id, delivery, paths) })
}

// DismissNotice is called once the seller knows why a queued delivery was not
// made.
func (a *App) DismissNotice(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.ForgetNotice(id) })
}

// Thumbnail returns a small picture of a file of the draft as a data: address,
// "" when there is none.
func (a *App) Thumbnail(id, path string) (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		image, err := d.Thumbnail(a.p.ctx, id, path)
		if image == nil {
			return "", err
		}
		return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(image), nil
	})
}
