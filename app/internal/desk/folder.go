package desk

import (
	"errors"
	"path/filepath"
	"sync"

	"github.com/adrg/xdg"

	"handover/app/internal/change"
	"handover/app/internal/workfolder"
)

// SyncSettings say where the work folder is.
type SyncSettings struct {
	Folder  string `json:"folder"`
	Enabled bool   `json:"enabled"`
	// Used is set once it has been turned on: when it is not there any more, it
	// is on a drive that is not.
	Used bool `json:"used,omitempty"`
	// Asked is set once the seller has said whether to have a work folder.
	Asked bool `json:"asked,omitempty"`
	// MovingTo is where a move that has begun leads to.
	MovingTo string `json:"moving_to,omitempty"`
}

const syncSetting = "work_folder"

// WorkFolder says how the work folder stands.
type WorkFolder struct {
	SyncSettings
	There    bool // it is a folder that was used as one
	Watched  bool // drafts follow it now
	Scanned  bool // its drive tells of no changes, so that it is looked at every 30 seconds
	Moving   *Moving
	Problems []workfolder.Problem
}

// Moving says how far a move of the work folder is.
type Moving struct {
	To          string
	Done, Total int64 // bytes; 0 of 0 when nothing has to be copied
}

// folderWork keeps what changes the work folder apart.
type folderWork struct {
	mu   sync.Mutex // held while it is turned on or off, and its setting changes
	move *move      // under mu; nil while none goes on
}

// SyncSettings returns where the work folder is or would be, and whether the
// seller has turned it on.
func (d *Desk) SyncSettings() (s SyncSettings, err error) {
	err = d.drafts.Setting(syncSetting, &s)
	if s.Folder == "" {
		s.Folder = filepath.Join(xdg.UserDirs.Documents, "Handover")
	}
	return s, err
}

// WorkFolder returns how the work folder stands.
func (d *Desk) WorkFolder() (WorkFolder, error) {
	settings, err := d.SyncSettings()
	if err != nil {
		return WorkFolder{}, err
	}
	w := WorkFolder{SyncSettings: settings, Problems: []workfolder.Problem{}}
	if state, on := d.Sync(); on {
		w.Watched, w.Problems = true, state.Problems
	}
	w.There, w.Scanned = workfolder.IsRoot(w.Folder), workfolder.IsScanned(nearest(w.Folder))
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	if m := d.folder.move; m != nil {
		w.Moving = &Moving{To: m.to, Done: m.done.Load(), Total: m.total.Load()}
	}
	return w, nil
}

// EnableSync turns the work folder on, now and at later starts: every open
// order gets a folder in it, and what settles there goes into its draft. An
// empty dir is the folder as set. What CheckFolder refuses is refused; anyway
// allows problem.CodeFolderWide. It needs Options.Background.
func (d *Desk) EnableSync(dir string, anyway bool) error {
	if !d.options.Background {
		return errors.New("only a desk that stays open can watch a work folder")
	}
	return d.changeFolder(func(s *SyncSettings) error {
		before := *s
		*s = SyncSettings{Folder: before.Folder, Enabled: true, Used: true, Asked: true}
		if dir != "" {
			var err error
			if s.Folder, err = filepath.Abs(dir); err != nil {
				return err
			}
		}
		create := dir != "" || !before.Enabled && !before.Used
		if create {
			if err := d.CheckFolder(s.Folder, anyway); err != nil {
				return err
			}
		}
		d.stopSync()
		if err := d.startSync(s.Folder, create); err != nil {
			return explainFolder(err)
		}
		return nil
	})
}

// DisableSync turns the work folder off. Folders and drafts stay as they are.
func (d *Desk) DisableSync() error {
	return d.changeFolder(func(s *SyncSettings) error {
		d.stopSync()
		s.Enabled, s.Asked = false, true
		return nil
	})
}

// SkipSync notes that the seller wants no work folder for now.
func (d *Desk) SkipSync() error {
	return d.changeFolder(func(s *SyncSettings) error {
		s.Asked = true
		return nil
	})
}

// changeFolder changes the setting, one caller at a time, and not while the
// folder is moved.
func (d *Desk) changeFolder(edit func(*SyncSettings) error) error {
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	if d.folder.move != nil {
		return errMoving
	}
	s, err := d.SyncSettings()
	if err != nil {
		return err
	}
	if err := edit(&s); err != nil {
		return err
	}
	if err := d.drafts.PutSetting(syncSetting, s); err != nil {
		return err
	}
	d.tell(change.Folder, "")
	return nil
}

// resumeSync goes on with the work folder of the last time, unless it is
// watched already.
func (d *Desk) resumeSync() {
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	if d.sync.Load() != nil || d.folder.move != nil || d.ctx.Err() != nil {
		return
	}
	s, err := d.SyncSettings()
	if err == nil && s.Enabled {
		err = d.startSync(s.Folder, false)
	}
	if err != nil {
		d.options.Log.Error("the work folder is not watched", "error", err)
	}
}

// pauseSync leaves the work folder alone until resumeSync.
func (d *Desk) pauseSync() {
	d.CancelMove()
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	d.stopSync()
}
