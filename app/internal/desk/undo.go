package desk

import (
	"context"
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
	kept map[removal][]draft.File
}

func newRemovals() removals { return removals{new(sync.Mutex), map[removal][]draft.File{}} }

func (r removals) keep(what removal, files []draft.File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[what] = append(r.kept[what], files...)
}

// take returns the files and no longer keeps them.
func (r removals) take(what removal) []draft.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	files := r.kept[what]
	delete(r.kept, what)
	return files
}

// removed decides what becomes of uploads whose files were detached: they stay
// for as long as the seller may want them back. Without a background nobody
// could ask for that.
func (d *Desk) removed(id, name string, files []draft.File) {
	what := removal{id, name}
	d.removals.keep(what, files)
	drop := func() {
		for _, f := range d.removals.take(what) {
			d.discardUpload(f)
		}
	}
	if !d.options.Background {
		drop()
		return
	}
	d.running.Go(func() {
		timer := time.NewTimer(undoFor)
		defer timer.Stop()
		select {
		case <-timer.C:
			drop()
		case <-d.ctx.Done(): // what stays on the server is private, and goes in time
		}
	})
}

// Restore takes back what Detach did under that name, within undoFor; later it
// returns [draft.ErrNoFile]. A file that took the place of one since stays.
func (d *Desk) Restore(ctx context.Context, id, name string) (draft.Draft, error) {
	if err := d.requireOpen(ctx, id); err != nil {
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
	var back, waiting []draft.File
	for _, f := range files {
		if has[f.Path] || len(dr.Files)+len(back) >= order.MaxFiles {
			d.discardUpload(f)
			continue
		}
		if f.State == draft.Uploading {
			f.State = draft.Queued
		}
		back = append(back, f)
		if f.State != draft.Verified && f.State != draft.Problem {
			waiting = append(waiting, f)
		}
	}
	if dr, err = d.drafts.PutFiles(id, back); err != nil {
		return dr, err
	}
	d.enqueue(id, waiting...)
	return d.changed(dr, nil)
}
