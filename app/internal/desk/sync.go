package desk

import (
	"context"

	"handover/app/internal/change"
	"handover/app/internal/workfolder"
)

// SyncState is what the work folder says.
type State struct {
	Folder   string
	Problems []workfolder.Problem
}

// Sync returns the state of the work folder; false when none is watched.
func (s *Sync) State() (State, bool) {
	w := s.current.Load()
	if w == nil {
		return State{}, false
	}
	return State{w.folder.Root(), w.folder.Problems()}, true
}

// Folder returns what the folder of an open order holds; false without one.
func (s *Sync) Snapshot(id string) (workfolder.Snapshot, bool) {
	w := s.current.Load()
	if w == nil {
		return workfolder.Snapshot{}, false
	}
	return w.folder.Snapshot(id)
}

// Rescan looks at the whole work folder again, and returns once the drafts are
// equal to it. Files that settle come later. Without a work folder it does
// nothing.
func (s *Sync) Rescan(ctx context.Context) error {
	w := s.current.Load()
	if w == nil {
		return nil
	}
	if err := w.folder.Rescan(ctx); err != nil {
		return err
	}
	return w.reconcileAll(ctx, false)
}

func (s *Sync) start(folder string, create bool) error {
	f, err := workfolder.Open(workfolder.Config{Root: folder, Create: create, Quiet: s.options.Quiet, Log: s.options.Log})
	if err != nil {
		return err
	}
	w := &watch{d: s, folder: f, dirty: map[string]bool{}, ready: change.NewSignal()}
	w.ctx, w.cancel = context.WithCancel(s.ctx)
	w.orders, w.all = true, true
	w.ready.Set()
	s.current.Store(w)
	w.work.Go(w.listen)
	w.work.Go(w.run)
	return nil
}

func (s *Sync) stop() {
	if w := s.current.Swap(nil); w != nil {
		w.cancel()
		w.folder.Close()
		w.work.Wait()
	}
}
