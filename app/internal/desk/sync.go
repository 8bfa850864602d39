package desk

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/adrg/xdg"

	"handover/app/internal/workfolder"
)

// SyncSettings say where the work folder is.
type SyncSettings struct {
	Folder  string `json:"folder"`
	Enabled bool   `json:"enabled"`
}

const syncSetting = "work_folder"

// SyncSettings returns where the work folder is or would be, and whether the
// seller has turned it on.
func (d *Desk) SyncSettings() (s SyncSettings, err error) {
	err = d.drafts.Setting(syncSetting, &s)
	if s.Folder == "" {
		s.Folder = filepath.Join(xdg.UserDirs.Documents, "Handover")
	}
	return s, err
}

// EnableSync turns the work folder on, now and at later starts: every open
// order gets a folder in it, and what settles there goes into its draft. An
// empty dir is the folder as set. It needs Options.Background.
func (d *Desk) EnableSync(dir string) error {
	if !d.options.Background {
		return errors.New("only a desk that stays open can watch a work folder")
	}
	before, err := d.SyncSettings()
	if err != nil {
		return err
	}
	s := SyncSettings{Folder: before.Folder, Enabled: true}
	if dir != "" {
		if s.Folder, err = filepath.Abs(dir); err != nil {
			return err
		}
	}
	d.stopSync()
	// A folder that was used before and is not there is on a drive that is not.
	if err := d.startSync(s.Folder, dir != "" || !before.Enabled); err != nil {
		return err
	}
	return d.drafts.PutSetting(syncSetting, s)
}

// DisableSync turns the work folder off. Drafts stay as they are.
func (d *Desk) DisableSync() error {
	s, err := d.SyncSettings()
	if err != nil {
		return err
	}
	d.stopSync()
	s.Enabled = false
	return d.drafts.PutSetting(syncSetting, s)
}

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
	s := &syncer{d: d, folder: f, dirty: map[string]bool{}, some: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancel(d.ctx)
	s.orders, s.all = true, true
	s.wake()
	d.sync.Store(s)
	s.work.Go(s.listen)
	s.work.Go(s.run)
	return nil
}

// resumeSync goes on with the work folder of the last time.
func (d *Desk) resumeSync() {
	s, err := d.SyncSettings()
	if err == nil && s.Enabled {
		err = d.startSync(s.Folder, false)
	}
	if err != nil {
		d.options.Log.Error("the work folder is not watched", "error", err)
	}
}

func (d *Desk) stopSync() {
	if s := d.sync.Swap(nil); s != nil {
		s.cancel()
		s.folder.Close()
		s.work.Wait()
	}
}
