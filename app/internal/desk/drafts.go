package desk

import (
	"context"
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
	"handover/backend/order"
)

// Draft returns the order's draft, which may be empty.
func (d *Desk) Draft(id string) (draft.Draft, error) { return d.drafts.Draft(id) }

// Prepared returns the set of orders that have a draft.
func (d *Desk) Prepared() (map[string]bool, error) { return d.drafts.Prepared() }

// Knows reports whether the order exists: on this computer, or else on the server.
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

// Describe saves the draft's description while it is being written. Its length is
// checked at delivery.
func (d *Desk) Describe(id, text string) (draft.Draft, error) {
	if !utf8.ValidString(text) {
		return draft.Draft{}, &order.Error{Code: order.Invalid, Field: "description", Message: "the description is not valid text"}
	}
	before, err := d.drafts.Draft(id)
	if err != nil || before.Description == text {
		return before, err
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Description = text }))
}

// AttachLink adds a link, or changes the label of an existing one.
func (d *Desk) AttachLink(id, address, label string) (draft.Draft, error) {
	link := order.Link{URL: strings.TrimSpace(address), Label: strings.TrimSpace(label)}
	if err := order.CheckLink(link); err != nil {
		return draft.Draft{}, err
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) {
		dr.Links = append(without(dr.Links, link.URL), link)
	}))
}

// DetachLink removes a link from the draft.
func (d *Desk) DetachLink(id, address string) (draft.Draft, error) {
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Links = without(dr.Links, address) }))
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

// Detach removes a file from the draft, or all files of a folder. The file itself
// stays on the disk, and Restore undoes it for a while. A file in the order's folder is
// refused: the folder would add it again.
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
			names = append(names, f.Path)
		}
	}
	d.Uploads.Remove(id, names...)
	removed, err := d.drafts.RemoveFiles(id, names, d.undoUntil())
	if err != nil {
		return dr, err
	}
	if len(removed) == 0 {
		return dr, draft.ErrNoFile
	}
	d.removals.keep(removal{id, name}, removed)
	return d.changed(d.drafts.Draft(id))
}

// within reports whether the path is name, or is in the folder name.
func within(path, name string) bool { return path == name || strings.HasPrefix(path, name+"/") }

// Discard deletes the draft and its uploads. Files of the order's folder are added to
// a new draft.
func (d *Desk) Discard(id string) (draft.Draft, error) {
	d.Delivery.Cancel(id)
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, err
	}
	d.Uploads.Remove(id, paths(dr)...)
	if err := d.drafts.Delete(id); err != nil {
		return dr, err
	}
	d.Uploads.ForgetSettings(id)
	return d.changed(d.drafts.Draft(id))
}

// Retry sends a file with a problem again.
func (d *Desk) Retry(id, name string) (draft.Draft, error) {
	if err := d.Uploads.Retry(id, name); err != nil {
		return draft.Draft{}, err
	}
	return d.changed(d.drafts.Draft(id))
}

// Preflight returns the draft's files that look unfinished.
func (d *Desk) Preflight(ctx context.Context, id string) ([]preflight.Finding, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return nil, err
	}
	files := make([]preflight.File, 0, len(dr.Files))
	for _, f := range dr.Files {
		if f.Origin == draft.FromDelivery {
			continue // it was checked before its delivery, and is not on this computer
		}
		file := preflight.File{Path: f.Path, Source: f.Source}
		if f.State == draft.Verified {
			// The digest holds only while the file is unchanged.
			if identity, err := content.Identify(f.Source); err == nil && content.SameAs(f.Identity, identity) {
				file.SHA256 = f.SHA256
			}
		}
		files = append(files, file)
	}
	return preflight.Check(ctx, files, time.Now())
}

// changed reports that a draft has changed, and returns it.
func (d *Desk) changed(dr draft.Draft, err error) (draft.Draft, error) {
	if err != nil {
		return dr, err
	}
	d.Presence.Add(dr.Order)
	d.Folder.Edited(dr.Order)
	d.bus.Tell(change.Draft, dr.Order)
	return dr, nil
}
