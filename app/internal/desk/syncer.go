package desk

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/app/internal/workfolder"
)

// syncer makes the drafts equal to the work folder.
type watch struct {
	d      *Sync
	folder *workfolder.Folder
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	one    sync.Mutex // one reconciliation at a time

	mu     sync.Mutex
	dirty  map[string]bool // orders whose draft may differ from the folder
	all    bool            // all of them, and what waits is to be queued anew
	orders bool            // other orders may be open
	look   bool            // a file is not what the folder said
	ready  change.Signal   // something is noted, or an upload ended
}

// note has something done soon.
func (s *watch) note(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	s.ready.Set()
}

// listen passes on what the folder says.
func (s *watch) listen() {
	for {
		news, err := s.folder.Next(s.ctx)
		if err != nil {
			return // closed
		}
		if news.Problems {
			s.d.bus.Tell(change.State, "")
			s.d.bus.Tell(change.Folder, "")
		}
		for _, id := range news.Orders {
			s.d.bus.Tell(change.Folder, id)
		}
		s.note(func() {
			for _, id := range news.Orders {
				s.dirty[id] = true
			}
		})
	}
}

// again is how long after a fault something is tried again.
const again = 5 * time.Second

func (s *watch) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.ready:
		case <-timer.C:
		case <-s.ctx.Done():
			return
		}
		if err := s.step(); err != nil && s.ctx.Err() == nil {
			s.log().Warn("the drafts could not be made equal to the work folder", "error", err)
			s.mu.Lock()
			s.all, s.orders = true, true
			s.mu.Unlock()
			timer.Reset(again)
		}
	}
}

func (s *watch) log() *slog.Logger { return s.d.options.Log }

// step does what has been noted.
func (s *watch) step() error {
	s.mu.Lock()
	orders, look, all, dirty := s.orders, s.look, s.all, s.dirty
	s.orders, s.look, s.all, s.dirty = false, false, false, map[string]bool{}
	s.mu.Unlock()
	if orders {
		if err := s.setOrders(); err != nil {
			return err
		}
	}
	if look {
		if err := s.folder.Rescan(s.ctx); err != nil {
			return err
		}
	}
	if all {
		if err := s.reconcileAll(s.ctx, true); err != nil {
			return err
		}
	}
	for id := range dirty {
		if err := s.reconcile(id, false); err != nil {
			return err
		}
	}
	return nil
}

// setOrders gives every open order its folder. The orders of the trial are
// samples, and get none.
func (s *watch) setOrders() error {
	session, _ := s.d.session.Current()
	var open []workfolder.Order
	if session.Server != "" && !session.Trial {
		list, err := s.d.orders.Open(s.ctx)
		if err != nil {
			// Not known, or signed out meanwhile: with the next answer.
			s.log().Info("the orders are not known", "error", err)
			return nil
		}
		for _, o := range list {
			open = append(open, workfolder.Order{ID: o.ID, Title: o.Title})
		}
	}
	if err := s.folder.SetOrders(s.ctx, open); err != nil {
		return err
	}
	s.note(func() { s.all = true })
	return nil
}

func (s *watch) reconcileAll(ctx context.Context, queue bool) error {
	orders, _, err := s.d.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.reconcile(o.ID, queue); err != nil {
			return err
		}
	}
	return nil
}

// reconcile makes the draft equal to the folder of its order, and has uploaded
// what is new. With queue set that is all that waits.
func (s *watch) reconcile(id string, queue bool) error {
	s.one.Lock()
	defer s.one.Unlock()
	snapshot, open := s.folder.Snapshot(id)
	if !open || snapshot.Dir == "" {
		return nil
	}
	r := reconciler{snapshot: snapshot, limit: s.d.session.FileLimit()}
	// What is under way for a version that is no longer there ends first, so
	// that it does not write down anything afterwards.
	p, err := s.d.drafts.Foresee(id, r.plan)
	if err != nil {
		return err
	}
	stopped := s.stop(id, p)
	if p, err = s.d.drafts.Reconcile(id, r.plan); err != nil {
		return err
	}
	dr := draft.Draft{Files: p.Put}
	if queue || stopped {
		// By now the draft may say otherwise than was foreseen.
		if dr, err = s.d.drafts.Draft(id); err != nil {
			return err
		}
	}
	for _, f := range dr.Files {
		if (f.Origin == draft.FromFolder || s.d.options.Background) && (f.State == draft.Queued || f.State == draft.Uploading) {
			s.d.uploads.Enqueue(id, f)
		}
	}
	if !p.Empty() {
		s.d.presence.Add(id)
		s.d.bus.Tell(change.Draft, id)
	}
	return nil
}

// stop ends the uploads of what the plan changes, and reports whether there were
// any.
func (s *watch) stop(id string, p draft.Plan) (stopped bool) {
	names := slices.Clone(p.Remove)
	for _, f := range p.Put {
		names = append(names, f.Path)
	}
	for _, name := range names {
		stopped = s.d.uploads.queue/*F*/.Remove(transfer.Item{Group: id, Name: name}) || stopped
	}
	return stopped
}

// leftToFolder reports whether the work folder finds out what became of a file
// that could not be sent as it is.
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
	w.note(func() { w.look = true; w.dirty[item.Group] = true })
	return true
}

// uploadEnded tells those who wait for uploads.
func (u *Uploader) ended(id string) {
	u.NotifySoon(id)
	if s := u.folder.current/*F*/.Load(); s != nil {
		s.ready.Set()
	}
}

// isSettled reports whether the folder of the order agrees that the files of
// the draft are at rest as they were uploaded. It is true without a folder.
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
