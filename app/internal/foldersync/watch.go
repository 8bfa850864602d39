package foldersync

import (
	"context"
	"slices"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/app/internal/workfolder"
)

// watch is a work folder that is being watched.
type watch struct {
	sync   *Sync
	folder *workfolder.Folder
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	one    sync.Mutex // held during a reconciliation

	mu     sync.Mutex
	dirty  map[string]bool // orders whose draft may differ from the folder
	all    bool            // all orders; their waiting files have to be queued again
	orders bool            // the set of open orders may have changed
	rescan bool            // a file differs from the last scan
	ready  change.Signal   // work is requested, or an upload has ended
}

// request sets work that run does next.
func (w *watch) request(change func()) {
	w.mu.Lock()
	change()
	w.mu.Unlock()
	w.ready.Set()
}

// listen reports the folder's changes.
func (w *watch) listen() {
	for {
		changes, err := w.folder.Next(w.ctx)
		if err != nil {
			return // closed
		}
		if changes.Problems {
			w.sync.bus.Tell(change.State, "")
			w.sync.bus.Tell(change.Folder, "")
		}
		for _, id := range changes.Orders {
			w.sync.bus.Tell(change.Folder, id)
		}
		w.request(func() {
			for _, id := range changes.Orders {
				w.dirty[id] = true
			}
		})
	}
}

// retryAfter is the pause after a fault.
const retryAfter = 5 * time.Second

func (w *watch) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-w.ready:
		case <-timer.C:
		case <-w.ctx.Done():
			return
		}
		if err := w.step(); err != nil && w.ctx.Err() == nil {
			w.sync.options.Log.Warn("the drafts could not be synchronised with the work folder", "error", err)
			w.mu.Lock()
			w.all, w.orders = true, true
			w.mu.Unlock()
			timer.Reset(retryAfter)
		}
	}
}

// step does the requested work.
func (w *watch) step() error {
	w.mu.Lock()
	orders, rescan, all, dirty := w.orders, w.rescan, w.all, w.dirty
	w.orders, w.rescan, w.all, w.dirty = false, false, false, map[string]bool{}
	w.mu.Unlock()
	if orders {
		if err := w.setOrders(); err != nil {
			return err
		}
	}
	if rescan {
		if err := w.folder.Rescan(w.ctx); err != nil {
			return err
		}
	}
	if all {
		if err := w.reconcileAll(w.ctx, true); err != nil {
			return err
		}
	}
	for id := range dirty {
		if err := w.reconcile(id, false); err != nil {
			return err
		}
	}
	return nil
}

// setOrders creates the folders of open orders. The sample orders of the trial have
// no folders.
func (w *watch) setOrders() error {
	info, _ := w.sync.session.Current()
	var open []workfolder.Order
	if info.Server != "" && !info.Trial {
		list, err := w.sync.orders.Open(w.ctx)
		if err != nil {
			w.sync.options.Log.Info("the orders are not known", "error", err) // until the next answer
			return nil
		}
		for _, o := range list {
			open = append(open, workfolder.Order{ID: o.ID, Title: o.Title})
		}
	}
	if err := w.folder.SetOrders(w.ctx, open); err != nil {
		return err
	}
	w.request(func() { w.all = true })
	return nil
}

func (w *watch) reconcileAll(ctx context.Context, queue bool) error {
	orders, _, err := w.sync.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := w.reconcile(o.ID, queue); err != nil {
			return err
		}
	}
	return nil
}

// reconcile makes the draft equal to the folder of its order and queues the new
// files; with queue set, all waiting files.
func (w *watch) reconcile(id string, queue bool) error {
	w.one.Lock()
	defer w.one.Unlock()
	snapshot, open := w.folder.Snapshot(id)
	if !open || snapshot.Dir == "" {
		return nil
	}
	r := reconciler{snapshot: snapshot, limit: w.sync.session.FileLimit()}
	// Uploads of outdated versions end first, so that they change nothing afterwards.
	p, err := w.sync.drafts.Foresee(id, r.plan)
	if err != nil {
		return err
	}
	stopped := w.stop(id, p)
	if p, err = w.sync.drafts.Reconcile(id, r.plan); err != nil {
		return err
	}
	dr := draft.Draft{Files: slices.Clone(p.Put)}
	if queue || stopped {
		// The draft may have changed since the plan was made.
		if dr, err = w.sync.drafts.Draft(id); err != nil {
			return err
		}
	}
	w.sync.uploads.Enqueue(id, slices.DeleteFunc(dr.Files, func(f draft.File) bool {
		ours := f.Origin == draft.FromFolder || w.sync.options.Background
		return !ours || f.State != draft.Queued && f.State != draft.Uploading
	})...)
	if !p.Empty() {
		w.sync.presence.Add(id)
		w.sync.bus.Tell(change.Draft, id)
	}
	return nil
}

// stop ends the uploads of files that the plan changes, and reports whether there
// were any.
func (w *watch) stop(id string, p draft.Plan) bool {
	names := slices.Clone(p.Remove)
	for _, f := range p.Put {
		names = append(names, f.Path)
	}
	return w.sync.uploads.Remove(id, names...)
}

// Recheck reports whether the work folder takes care of a file that could not be
// sent: the file is in the folder, which is then scanned again.
func (s *Sync) Recheck(item transfer.Item, code string) bool {
	w := s.current.Load()
	if w == nil || code != problem.CodeFileMissing && code != problem.CodeFileChanged {
		return false
	}
	f, err := s.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
		if f.Origin == draft.FromFolder {
			f.Doubt(draft.Settling)
		}
	})
	if err != nil || f.Origin != draft.FromFolder {
		return false
	}
	w.request(func() { w.rescan = true; w.dirty[item.Group] = true })
	return true
}

// Edited compares the draft of the order with the folder again: an attached file
// replaces the folder's file.
func (s *Sync) Edited(id string) {
	if w := s.current.Load(); w != nil {
		w.request(func() { w.dirty[id] = true })
	}
}

// OrdersChanged creates the folders of open orders.
func (s *Sync) OrdersChanged() {
	if w := s.current.Load(); w != nil {
		w.request(func() { w.orders = true })
	}
}

// UploadEnded continues the work that waited for an upload.
func (s *Sync) UploadEnded() {
	if w := s.current.Load(); w != nil {
		w.ready.Set()
	}
}

// Settled reports whether the files of the draft are at rest, as far as the order's
// folder tells. It is true without a folder.
func (s *Sync) Settled(dr draft.Draft) bool {
	snapshot, ok := s.Snapshot(dr.Order)
	if !ok {
		return true
	}
	resting := map[string]bool{}
	for _, f := range snapshot.Files {
		if f.State == workfolder.Present {
			resting[snapshot.Source(f)] = true
		}
	}
	return !slices.ContainsFunc(dr.Files, func(f draft.File) bool { return f.Origin == draft.FromFolder && !resting[f.Source] })
}
