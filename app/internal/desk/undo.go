package desk

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"handover/app/internal/draft"
	"handover/backend/order"
)

// undoFor is how long a detached file can be had back with what was uploaded.
const undoFor = 20 * time.Second

// removal is what Detach took out of a draft by one name.
type removal struct{ order, name string }

// removals are those that can still be undone.
type removals struct {
	mu   *sync.Mutex
	kept map[removal]removedFiles
}

type removedFiles struct {
	files []draft.File
	until time.Time
}

func newRemovals() removals { return removals{new(sync.Mutex), map[removal]removedFiles{}} }

func (r removals) keep(what removal, files []draft.File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(r.kept, func(_ removal, old removedFiles) bool { return now.After(old.until) })
	r.kept[what] = removedFiles{append(r.kept[what].files, files...), now.Add(undoFor)}
}

// take returns the files and no longer keeps them.
func (r removals) take(what removal) []draft.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.kept[what]
	delete(r.kept, what)
	if time.Now().After(kept.until) {
		return nil
	}
	return kept.files
}

// undoUntil is until when uploads stay of files that are detached now. Only a
// window can undo it.
func (d *Desk) undoUntil() time.Time {
	if !d.options.Background {
		return time.Time{}
	}
	return time.Now().Add(undoFor)
}

// Restore takes back what Detach did under that name, within undoFor; later it
// returns [draft.ErrNoFile]. A file that took the place of one since stays.
func (d *Desk) Restore(ctx context.Context, id, name string) (draft.Draft, error) {
	if err := d.Orders.RequireOpen(ctx, id); err != nil {
		return draft.Draft{}, err
	}
	files := d.removals.take(removal{id, name})
	if len(files) == 0 {
		return draft.Draft{}, draft.ErrNoFile
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, err
	}
	has := names(dr)
	var back []draft.File
	restored := map[string]bool{}
	for _, f := range files {
		if has[f.Path] || len(dr.Files)+len(back) >= order.MaxFiles {
			continue
		}
		if f.State == draft.Uploading {
			f.State = draft.Queued
		}
		back = append(back, f)
		has[f.Path], restored[f.Path] = true, true
	}
	if dr, err = d.drafts.PutFiles(id, back); err != nil {
		return dr, err
	}
	d.Uploads.Enqueue(id, slices.DeleteFunc(slices.Clone(dr.Files), func(f draft.File) bool {
		return !restored[f.Path] || f.State == draft.Verified || f.State == draft.Problem
	})...)
	return d.Changed(dr, nil)
}
