package desk

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"handover/app/internal/change"
	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/leftout"
	"handover/app/internal/preflight"
	"handover/app/internal/transfer"
	"handover/backend/order"
)

// Draft returns the order's draft, empty when nothing was prepared.
func (d *Desk) Draft(id string) (draft.Draft, error) { return d.drafts.Draft(id) }

// eachDraft calls f with every draft until it returns an error. f may change
// drafts.
func (d *Desk) EachDraft(f func(draft.Draft) error) error {
	ids, err := d.drafts.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		dr, err := d.drafts.Draft(id)
		if err != nil {
			return err
		}
		if err := f(dr); err != nil {
			return err
		}
	}
	return nil
}

// HasDraft returns the orders for which something was prepared.
func (d *Desk) HasDraft() (map[string]bool, error) {
	ids, err := d.drafts.Drafts()
	has := make(map[string]bool, len(ids))
	for _, id := range ids {
		has[id] = true
	}
	return has, err
}

// Knows reports whether there is such an order: here, or else at the server.
func (d *Desk) Knows(ctx context.Context, id string) (bool, error) {
	if _, found, err := d.drafts.CachedOrder(id); err != nil || found {
		return found, err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil || !dr.Empty() {
		return true, err
	}
	if s, _ := d.Session.Current(); s.Server == "" {
		return false, nil
	}
	_, _, _, err = d.Orders.Refresh(ctx, id)
	return err == nil, err
}

// Describe saves the draft's description as it is being written; only at
// delivery must it be neither empty nor too long.
func (d *Desk) Describe(id, text string) (draft.Draft, error) {
	if !utf8.ValidString(text) {
		return draft.Draft{}, &order.Error{Code: order.Invalid, Field: "description", Message: "the description is not valid text"}
	}
	before, err := d.drafts.Draft(id)
	if err != nil || before.Description == text {
		return before, err
	}
	return d.Changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Description = text }))
}

// AttachLink adds a link, or changes the label of one that is there.
func (d *Desk) AttachLink(id, address, label string) (draft.Draft, error) {
	link := order.Link{URL: strings.TrimSpace(address), Label: strings.TrimSpace(label)}
	if err := order.CheckLink(link); err != nil {
		return draft.Draft{}, err
	}
	return d.Changed(d.drafts.Update(id, func(dr *draft.Draft) {
		dr.Links = append(without(dr.Links, link.URL), link)
	}))
}

// DetachLink takes a link out of the draft.
func (d *Desk) DetachLink(id, address string) (draft.Draft, error) {
	return d.Changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Links = without(dr.Links, address) }))
}

func without(links []order.Link, address string) []order.Link {
	kept := []order.Link{}
	for _, l := range links {
		if l.URL != address {
			kept = append(kept, l)
		}
	}
	return kept
}

// Detach takes a file out of the draft, or all files of a folder. The file
// itself stays where it lies, and Restore takes it back for a while. One in a folder that is watched is refused: it
// would come back.
func (d *Desk) Detach(id, name string) (draft.Draft, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, err
	}
	name = path.Clean(name)
	if _, watched := d.Folder.Snapshot(id); watched && slices.ContainsFunc(dr.Files, func(f draft.File) bool { return f.Origin == draft.FromFolder && within(f.Path, name) }) {
		return dr, &order.Error{Code: order.Conflict, Message: "this lies in the order's folder; move it out of there, or name it in " + leftout.IgnoreFile}
	}
	var names []string
	for _, f := range dr.Files {
		if within(f.Path, name) {
			d.Uploads.queue/*F*/.Remove(transfer.Item{Group: id, Name: f.Path})
			names = append(names, f.Path)
		}
	}
	removed, err := d.drafts.RemoveFiles(id, names, d.undoUntil())
	if err != nil {
		return dr, err
	}
	if len(removed) == 0 {
		return dr, draft.ErrNoFile
	}
	d.removals.keep(removal{id, name}, removed)
	return d.Changed(d.drafts.Draft(id))
}

// within reports whether the path is the name, or in the folder of that name.
func within(path, name string) bool { return path == name || strings.HasPrefix(path, name+"/") }

// Discard forgets the whole draft, and has its uploads deleted. What lies in a folder that is watched comes
// back into a new one.
func (d *Desk) Discard(id string) (draft.Draft, error) {
	d.Delivery.Cancel(id)
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, err
	}
	for _, f := range dr.Files {
		d.Uploads.queue/*F*/.Remove(transfer.Item{Group: id, Name: f.Path})
	}
	if err := d.drafts.Delete(id); err != nil {
		return dr, err
	}
	d.Uploads.ForgetSettings(id)
	return d.Changed(d.drafts.Draft(id))
}

// Retry sends a file with a problem again.
func (u *Uploader) Retry(id, name string) (draft.Draft, error) {
	f, err := u.drafts.UpdateFile(id, name, func(f *draft.File) {
		if f.State == draft.Problem {
			f.State, f.Fault = draft.Queued, draft.Fault{}
		}
	})
	if err != nil {
		return draft.Draft{}, err
	}
	if f.State != draft.Verified {
		u.Enqueue(id, f)
	}
	return u.DESK.Changed(u.drafts.Draft(id))
}

// Preflight names what in the draft looks unfinished.
func (d *Desk) Preflight(ctx context.Context, id string) ([]preflight.Finding, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return nil, err
	}
	files := make([]preflight.File, 0, len(dr.Files))
	for _, f := range dr.Files {
		if f.Origin == draft.FromDelivery {
			continue // it was looked at when it was delivered, and is not here
		}
		file := preflight.File{Path: f.Path, Source: f.Source}
		if f.State == draft.Verified {
			// What was uploaded counts only while the file is as it was.
			if identity, err := content.Identify(f.Source); err == nil && content.SameFile(f, identity) {
				file.SHA256 = f.SHA256
			}
		}
		files = append(files, file)
	}
	return preflight.Check(ctx, files, time.Now())
}

// Progress is how far the uploads of a draft are, in bytes.
type Progress struct {
	Sent, Total int64
	Files       map[string]int64 // sent, by path, of the files being sent
	Rate        float64          // bytes a second; 0 for unknown
	Left        time.Duration    // of what can be sent; -1 for unknown
	Paused      bool             // all that is left is paused
}

// Progress returns how far the uploads of the draft are.
func (u *Uploader) Progress(dr draft.Draft) Progress {
	running := u.queue.Progress(dr.Order)
	p := Progress{Files: running.Sent, Rate: running.Rate, Paused: running.Paused}
	waiting := int64(0)
	for _, f := range dr.Files {
		p.Total += f.Size
		if f.State == draft.Verified {
			p.Sent += f.Size
			continue
		}
		sent := min(f.Size, running.Sent[f.Path])
		p.Sent += sent
		if f.State != draft.Problem {
			waiting += f.Size - sent
		}
	}
	p.Left = -1
	if !p.Paused {
		p.Left = known(transfer.Left(waiting, p.Rate))
	}
	return p
}

// changed passes a draft on and tells of it.
func (d *Desk) Changed(dr draft.Draft, err error) (draft.Draft, error) {
	if err == nil {
		d.Presence.Add(dr.Order)
		if s := d.Folder.current/*F*/.Load(); s != nil {
			s.note(func() { s.dirty[dr.Order] = true }) // what is by hand decides about the rest
		}
		d.bus.Tell(change.Draft, dr.Order)
	}
	return dr, err
}

// isNoFile reports whether the draft lost the file meanwhile.
func IsNoFile(err error) bool { return errors.Is(err, draft.ErrNoFile) }
