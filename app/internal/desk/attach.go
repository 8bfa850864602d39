package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/backend/api"
	"handover/backend/order"
)

// Refused is a path that was not attached, and why.
type Refused struct {
	Path string
	Err  *problem.Error
}

// Attaching says what is to be attached, and how.
type Attaching struct {
	Paths   []string
	Anyway  bool    // also what the rules leave out of a folder
	Secrets Secrets // what becomes of files that look secret
	Whole   bool    // nothing is attached when something is refused
}

// Attached says what came of it.
type Attached struct {
	Draft   draft.Draft
	Refused []Refused
	LeftOut []draft.LeftOut // not taken from the folders
	// Noted are named paths that were taken although the rules leave such names
	// out of a folder.
	Noted []draft.LeftOut
	// Held counts files that were not attached because others were refused.
	Held int
}

// Attach is AttachWith, of paths and nothing else.
func (d *Desk) Attach(ctx context.Context, id string, paths []string) (draft.Draft, []Refused, error) {
	a, err := d.AttachWith(ctx, id, Attaching{Paths: paths})
	return a.Draft, a.Refused, err
}

// AttachWith adds files, and folders with what is in them, to the order's
// draft. What cannot be attached is returned as refused; the rest is attached
// nonetheless, unless it is to be whole. A name that the draft has already from
// elsewhere gets a number. Too many files for a delivery are an error.
func (d *Desk) AttachWith(ctx context.Context, id string, what Attaching) (Attached, error) {
	if err := d.requireOpen(ctx, id); err != nil {
		return Attached{}, err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return Attached{}, err
	}
	c := d.collector(what)
	c.known = d.knownLeftOut(dr)
	for _, f := range dr.Files {
		c.taken[f.Path] = f
	}
	for _, p := range what.Paths {
		c.add(p)
	}
	a := Attached{Draft: dr, Refused: c.refused, LeftOut: c.leftOut, Noted: c.noted}
	if len(c.taken) > order.MaxFiles {
		return a, tooManyFiles()
	}
	beside := c.beside(dr.Beside().Of(draft.ByHand))
	unchanged := len(c.files) == 0 && dr.Beside().Of(draft.ByHand).Equal(beside)
	if what.Whole && len(c.refused) > 0 {
		a.Held = len(c.files)
		return a, nil
	}
	if unchanged {
		return a, nil
	}
	if len(c.files) > 0 {
		if _, err := d.drafts.PutFiles(id, c.files); err != nil {
			return a, err
		}
	}
	if a.Draft, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.SetBeside(draft.ByHand, beside) }); err != nil {
		return a, err
	}
	if d.options.Background {
		d.enqueue(id, c.files...)
	}
	_, err = d.changed(a.Draft, nil)
	return a, err
}

func (d *Desk) collector(what Attaching) *collector {
	return &collector{Attaching: what, taken: map[string]draft.File{}, limit: d.fileLimit()}
}

// dueAt is when the order is due, as last told; zero when that is not known.
func (d *Desk) dueAt(id string) time.Time {
	o, _, err := d.drafts.CachedOrder(id)
	if err != nil {
		d.options.Log.Warn("a due date cannot be read", "order", id, "error", err)
	}
	return o.DueAt
}

// enqueue has files of the order's draft uploaded.
func (d *Desk) enqueue(id string, files ...draft.File) {
	if len(files) == 0 {
		return
	}
	due := d.dueAt(id)
	for _, f := range files {
		d.queue.Add(transfer.Item{Group: id, Name: f.Path}, f.Size, due)
	}
}

// requireDeliverable refuses orders that are unknown or cannot be delivered, as
// the server says now.
func (d *Desk) requireDeliverable(ctx context.Context, id string) error {
	o, _, _, err := d.Order(ctx, id)
	if err != nil {
		return err
	}
	return allowsDelivery(o)
}

// requireOpen is requireDeliverable for changes of a draft, which do not wait
// for the network. Delivering asks the server.
func (d *Desk) requireOpen(ctx context.Context, id string) error {
	o, _, _, err := d.LastKnown(ctx, id)
	if err != nil {
		return err
	}
	return allowsDelivery(o)
}

func allowsDelivery(o api.Order) error {
	if !slices.Contains(o.Allowed, order.Deliver) {
		return &order.Error{Code: order.Conflict, Message: fmt.Sprintf("the order is %s; nothing can be delivered any more", o.Status)}
	}
	return nil
}

func tooManyFiles() error {
	return &problem.Error{Code: problem.CodeTooMany, Message: fmt.Sprintf("a delivery has at most %d files; pack them into an archive", order.MaxFiles)}
}

// fileLimit is the server's limit for one file; none while it is not known.
func (d *Desk) fileLimit() int64 {
	if s, _ := d.Session(); s.MaxFileSize > 0 {
		return s.MaxFileSize
	}
	return 1<<63 - 1
}
