package desk

import (
	"context"

	"handover/app/internal/change"
	"handover/app/internal/workfolder"
)

// SyncState is what the work folder says.
type SyncState struct {
	Folder   string
	Problems []workfolder.Problem
}

// Sync returns the state of the work folder; false when none is watched.
func (d *Desk) Sync() (SyncState, bool) {
	s := d.sync.Load()
	if s == nil {
		return SyncState{}, false
	}
	return SyncState{s.folder.Root(), s.folder.Problems()}, true
}

// Folder returns what the folder of an open order holds; false without one.
func (d *Desk) Folder(id string) (workfolder.Snapshot, bool) {
	s := d.sync.Load()
	if s == nil {
		return workfolder.Snapshot{}, false
	}
	return s.folder.Snapshot(id)
}

// Rescan looks at the whole work folder again, and returns once the drafts are
// equal to it. Files that settle come later. Without a work folder it does
// nothing.
func (d *Desk) Rescan(ctx context.Context) error {
	s := d.sync.Load()
	if s == nil {
		return nil
	}
	if err := s.folder.Rescan(ctx); err != nil {
		return err
	}
	return s.reconcileAll(ctx, false)
}

func (d *Desk) startSync(folder string, create bool) error {
	f, err := workfolder.Open(workfolder.Config{Root: folder, Create: create, Quiet: d.options.Quiet, Log: d.options.Log})
	if err != nil {
		return err
	}
	s := &syncer{d: d, folder: f, dirty: map[string]bool{}, ready: change.NewSignal()}
	s.ctx, s.cancel = context.WithCancel(d.ctx)
	s.orders, s.all = true, true
	s.ready.Set()
	d.sync.Store(s)
	s.work.Go(s.listen)
	s.work.Go(s.run)
	return nil
}

func (d *Desk) stopSync() {
	if s := d.sync.Swap(nil); s != nil {
		s.cancel()
		s.folder.Close()
		s.work.Wait()
	}
}
