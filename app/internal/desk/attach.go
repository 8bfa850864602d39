package desk

import (
	"context"
	"fmt"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
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
	if err := d.Orders.RequireOpen(ctx, id); err != nil {
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
		d.Uploads.Enqueue(id, c.files...)
	}
	_, err = d.changed(a.Draft, nil)
	return a, err
}

func (d *Desk) collector(what Attaching) *collector {
	return &collector{Attaching: what, taken: map[string]draft.File{}, limit: d.Session.FileLimit()}
}

func tooManyFiles() error {
	return &problem.Error{Code: problem.CodeTooMany, Message: fmt.Sprintf("a delivery has at most %d files; pack them into an archive", order.MaxFiles)}
}
