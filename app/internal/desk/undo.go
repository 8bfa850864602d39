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

// undoFor is how long Restore can undo Detach.
const undoFor = 20 * time.Second

// removal identifies a call of Detach.
type removal struct{ order, name string }

// removals are the removals that can still be undone.
type removals struct {
	mu   sync.Mutex
	kept map[removal]removedFiles
}

type removedFiles struct {
	files []draft.File
	until time.Time
}

func (r *removals) keep(id removal, files []draft.File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.kept == nil {
		r.kept = map[removal]removedFiles{}
	}
	maps.DeleteFunc(r.kept, func(_ removal, old removedFiles) bool { return now.After(old.until) })
	r.kept[id] = removedFiles{append(r.kept[id].files, files...), now.Add(undoFor)}
}

// take removes and returns the files of a removal.
func (r *removals) take(id removal) []draft.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.kept[id]
	delete(r.kept, id)
	if time.Now().After(kept.until) {
		return nil
	}
	return kept.files
}

// undoUntil returns until when the uploads of detached files are kept. Only a window
// can undo.
func (d *Desk) undoUntil() time.Time {
	if !d.options.Background {
		return time.Time{}
	}
	return time.Now().Add(undoFor)
}

// Restore undoes Detach of that name within undoFor; later it returns
// [draft.ErrNoFile]. It keeps files that have been attached under the same path since.
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
	return d.changed(dr, nil)
}
