package app

import (
	"encoding/base64"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
)

// Drafts holds the methods that edit and deliver the drafts of orders.
type Drafts struct{ p *Program }

// ChooseFiles asks the seller for files and adds them to the draft.
func (b *Drafts) ChooseFiles(id string) (Attached, error) {
	return b.choose(id, func() ([]string, error) { return b.p.window.OpenFiles() })
}

// ChooseFolder asks the seller for a folder and adds it to the draft.
func (b *Drafts) ChooseFolder(id string) (Attached, error) {
	return b.choose(id, func() ([]string, error) { return b.p.window.OpenFolder() })
}

// Attach adds files and folders to the draft.
func (b *Drafts) Attach(id string, paths []string) (Attached, error) {
	return b.attach(id, desk.Attaching{Paths: paths})
}

// TakeLeftOut adds files to the draft that were left out of a folder or refused
// because they look secret.
func (b *Drafts) TakeLeftOut(id string, paths []string) (Attached, error) {
	return b.attach(id, desk.Attaching{Paths: paths, Anyway: true, Secrets: desk.TakeSecrets})
}

// TakeOver adds files of an earlier delivery to the draft; no paths mean all files.
func (b *Drafts) TakeOver(id string, delivery int, paths []string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.TakeOver(b.p.ctx, id, delivery, paths) })
}

// AttachLink adds a link to the draft.
func (b *Drafts) AttachLink(id, url, label string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.AttachLink(id, url, label) })
}

// DetachLink removes a link from the draft.
func (b *Drafts) DetachLink(id, url string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.DetachLink(id, url) })
}

// Detach removes a file or a folder from the draft.
func (b *Drafts) Detach(id, path string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Detach(id, path) })
}

// Restore undoes the last Detach of the path.
func (b *Drafts) Restore(id, path string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Restore(b.p.ctx, id, path) })
}

// Retry uploads a file with a problem again.
func (b *Drafts) Retry(id, path string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Retry(id, path) })
}

// Arrange sets the order of the draft's files. No paths restore the default order.
func (b *Drafts) Arrange(id string, paths []string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Arrange(id, paths) })
}

// Describe saves the draft's description.
func (b *Drafts) Describe(id, text string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Describe(id, text) })
}

// TickPoint marks a point in the draft as done or not done.
func (b *Drafts) TickPoint(id, point string, done bool) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.TickPoint(id, point, done) })
}

// Thumbnail returns a small picture of a file in the draft as a data: URL, or ""
// for a file without one.
func (b *Drafts) Thumbnail(id, path string) (string, error) {
	return ask(b.p, func(d *desk.Desk) (string, error) {
		image, err := d.Thumbnail(b.p.ctx, id, path)
		if image == nil {
			return "", err
		}
		return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(image), nil
	})
}

// Discard deletes the draft.
func (b *Drafts) Discard(id string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Discard(id) })
}

// DismissNotice clears the draft's notice about a queued delivery that failed.
func (b *Drafts) DismissNotice(id string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) { return d.ForgetNotice(id) })
}

// Preflight returns the parts of the draft that look unfinished.
func (b *Drafts) Preflight(id string) ([]Finding, error) {
	return ask(b.p, func(d *desk.Desk) ([]Finding, error) {
		findings, err := d.Preflight(b.p.ctx, id)
		return viewFindings(findings), err
	})
}

// Deliver queues the delivery and waits until it is made. A delivery stays queued
// when the window closes first.
func (b *Drafts) Deliver(id string, confirmNoFiles bool) (OrderPage, error) {
	return ask(b.p, func(d *desk.Desk) (OrderPage, error) {
		o, err := d.Delivery.DeliverAndWait(b.p.ctx, id, confirmNoFiles)
		if err != nil {
			return OrderPage{}, err
		}
		return viewOrderPage(d, o, time.Now(), false)
	})
}

// CancelDeliver cancels a queued delivery.
func (b *Drafts) CancelDeliver(id string) (Draft, error) {
	return b.draft(func(d *desk.Desk) (draft.Draft, error) {
		d.Delivery.Cancel(id)
		return d.Draft(id)
	})
}

func (b *Drafts) attach(id string, what desk.Attaching) (Attached, error) {
	return ask(b.p, func(d *desk.Desk) (Attached, error) {
		got, err := d.AttachWith(b.p.ctx, id, what)
		return viewAttached(d, got.Draft, got.Refused), err
	})
}

func (b *Drafts) choose(id string, choose func() ([]string, error)) (Attached, error) {
	if _, err := b.p.open(); err != nil {
		return Attached{}, err
	}
	paths, err := choose()
	if err != nil {
		return Attached{}, problem.Explain(err)
	}
	if len(paths) == 0 { // cancelled
		return ask(b.p, func(d *desk.Desk) (Attached, error) {
			dr, err := d.Draft(id)
			return viewAttached(d, dr, nil), err
		})
	}
	return b.Attach(id, paths)
}

func (b *Drafts) draft(f func(*desk.Desk) (draft.Draft, error)) (Draft, error) {
	return ask(b.p, func(d *desk.Desk) (Draft, error) {
		dr, err := f(d)
		return viewDraft(d, dr), err
	})
}
