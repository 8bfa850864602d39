package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/workfolder"
)

// reporter prints changes since its last report.
type reporter struct {
	d        *desk.Desk
	out      io.Writer
	json     bool
	online   bool
	problems []workfolder.Problem
	drafts   map[string]draft.Draft            // as printed, by order
	leftOut  map[string]map[draft.LeftOut]bool // as printed, by order
	err      error
}

// newReporter returns a reporter of changes from now on.
func newReporter(d *desk.Desk, out io.Writer, asJSON bool) (*reporter, error) {
	r := &reporter{d: d, out: out, json: asJSON, online: true, drafts: map[string]draft.Draft{}, leftOut: map[string]map[draft.LeftOut]bool{}}
	ids, err := d.Prepared()
	if err != nil {
		return nil, err
	}
	for id := range ids {
		if r.drafts[id], err = d.Draft(id); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// begin prints the watched folder.
func (r *reporter) begin() {
	state, _ := r.d.Folder.State()
	r.print(syncEvent{Event: "watching", Path: state.Folder})
}

func (r *reporter) print(e syncEvent) {
	e.Time = time.Now().UTC()
	var err error
	if r.json {
		err = json.NewEncoder(r.out).Encode(e)
	} else {
		_, err = fmt.Fprintln(r.out, e.words())
	}
	if r.err == nil {
		r.err = err
	}
}

// report prints the effects of the changes.
func (r *reporter) report(changes []change.Change) error {
	for _, c := range changes {
		switch c.Kind {
		case change.State:
			r.state()
		case change.Draft:
			if err := r.draft(c.Order); err != nil {
				return err
			}
		case change.Folder:
			if err := r.left(c.Order); err != nil {
				return err
			}
		}
	}
	return r.err
}

// everything prints the changes of all drafts, at the end.
func (r *reporter) everything() error {
	orders, err := r.d.Prepared()
	if err != nil {
		return err
	}
	for id := range r.drafts {
		orders[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(orders)) {
		if err := errors.Join(r.draft(id), r.left(id)); err != nil {
			return err
		}
	}
	r.state()
	return r.err
}

func (r *reporter) state() {
	session, online := r.d.Session.Current()
	if session.Server != "" && online != r.online {
		r.online = online
		r.print(syncEvent{Event: map[bool]string{true: "online", false: "offline"}[online]})
	}
	state, _ := r.d.Folder.State()
	for _, p := range state.Problems {
		if !slices.Contains(r.problems, p) {
			r.print(syncEvent{Event: "folder_problem", Order: p.Order, Path: p.Path, Problem: &draft.Fault{Code: string(p.Code), Message: p.Message}})
		}
	}
	r.problems = state.Problems
}

func (r *reporter) draft(id string) error {
	dr, err := r.d.Draft(id)
	if err != nil {
		return err
	}
	old := r.drafts[id]
	before := byPath(old)
	for _, f := range dr.Files {
		if b, ok := before[f.Path]; !ok || b.State != f.State || b.SHA256 != f.SHA256 || b.Fault != f.Fault {
			e := syncEvent{Event: "file", Order: id, Path: f.Path, State: f.State, Size: &f.Size, SHA256: f.SHA256}
			if f.Fault.Code != "" {
				e.Problem = &f.Fault
			}
			r.print(e)
		}
		delete(before, f.Path)
	}
	switch {
	case old.Queued != nil && dr.Queued == nil && dr.Empty():
		r.print(syncEvent{Event: "delivered", Order: id})
		clear(before)
	case dr.Notice.Code != "" && dr.Notice != old.Notice:
		r.print(syncEvent{Event: "not_delivered", Order: id, Problem: &dr.Notice})
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		r.print(syncEvent{Event: "removed", Order: id, Path: name})
	}
	r.drafts[id] = dr
	return r.err
}

// left prints the files left out of an order's folder, each once.
func (r *reporter) left(id string) error {
	if id == "" {
		return nil // the change concerns the work folder itself
	}
	list, err := r.d.LeftOut(id)
	if err != nil {
		return err
	}
	now := make(map[draft.LeftOut]bool, len(list))
	for _, l := range list {
		now[l.LeftOut] = true
		if !r.leftOut[id][l.LeftOut] {
			r.print(syncEvent{Event: "left_out", Order: id, Path: shownPath(l), Reason: l.Reason, Detail: l.Detail, Files: l.Count(), why: l.Words()})
		}
	}
	r.leftOut[id] = now
	return r.err
}

func byPath(dr draft.Draft) map[string]draft.File {
	files := make(map[string]draft.File, len(dr.Files))
	for _, f := range dr.Files {
		files[f.Path] = f
	}
	return files
}
