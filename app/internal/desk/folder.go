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
type Settings struct {
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
type Status struct {
	Settings
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
type moving struct {
	mu   sync.Mutex // held while it is turned on or off, and its setting changes
	move *move      // under mu; nil while none goes on
}

// SyncSettings returns where the work folder is or would be, and whether the
// seller has turned it on.
func (s *Sync) Settings() (settings Settings, err error) {
	err = s.drafts.Setting(syncSetting, &settings)
	if settings.Folder == "" {
		settings.Folder = filepath.Join(xdg.UserDirs.Documents, "Handover")
	}
	return settings, err
}

// WorkFolder returns how the work folder stands.
func (s *Sync) Status() (Status, error) {
	settings, err := s.Settings()
	if err != nil {
		return Status{}, err
	}
	w := Status{SyncSettings: settings, Problems: []workfolder.Problem{}}
	if state, on := s.State(); on {
		w.Watched, w.Problems = true, state.Problems
	}
	w.There, w.Scanned = workfolder.IsRoot(w.Folder), workfolder.IsScanned(nearest(w.Folder))
	s.moves.mu.Lock()
	defer s.moves.mu.Unlock()
	if m := s.moves.move; m != nil {
		w.Moving = &Moving{To: m.to, Done: m.done.Load(), Total: m.total.Load()}
	}
	return w, nil
}

// EnableSync turns the work folder on, now and at later starts: every open
// order gets a folder in it, and what settles there goes into its draft. An
// empty dir is the folder as set. What CheckFolder refuses is refused; anyway
// allows problem.CodeFolderWide. It needs Options.Background.
func (s *Sync) Enable(dir string, anyway bool) error {
	if !s.options.Background {
		return errors.New("only a desk that stays open can watch a work folder")
	}
	return s.changeFolder(func(settings *Settings) error {
		before := *settings
		*settings = Settings{Folder: before.Folder, Enabled: true, Used: true, Asked: true}
		if dir != "" {
			var err error
			if settings.Folder, err = filepath.Abs(dir); err != nil {
				return err
			}
		}
		create := dir != "" || !before.Enabled && !before.Used
		if create {
			if err := s.Check(settings.Folder, anyway); err != nil {
				return err
			}
		}
		s.stop()
		if err := s.start(settings.Folder, create); err != nil {
			return explainFolder(err)
		}
		return nil
	})
}

// DisableSync turns the work folder off. Folders and drafts stay as they are.
func (s *Sync) Disable() error {
	return s.changeFolder(func(settings *Settings) error {
		s.stop()
		settings.Enabled, settings.Asked = false, true
		return nil
	})
}

// SkipSync notes that the seller wants no work folder for now.
func (s *Sync) Skip() error {
	return s.changeFolder(func(settings *Settings) error {
		settings.Asked = true
		return nil
	})
}

// changeFolder changes the setting, one caller at a time, and not while the
// folder is moved.
func (s *Sync) changeFolder(edit func(*Settings) error) error {
	s.moves.mu.Lock()
	defer s.moves.mu.Unlock()
	if s.moves.move != nil {
		return errMoving
	}
	settings, err := s.Settings()
	if err != nil {
		return err
	}
	if err := edit(&settings); err != nil {
		return err
	}
	if err := s.drafts.PutSetting(syncSetting, settings); err != nil {
		return err
	}
	s.bus.Tell(change.Folder, "")
	return nil
}

// resumeSync goes on with the work folder of the last time, unless it is
// watched already.
func (s *Sync) Resume() {
	s.moves.mu.Lock()
	defer s.moves.mu.Unlock()
	if s.current.Load() != nil || s.moves.move != nil || s.ctx.Err() != nil {
		return
	}
	settings, err := s.Settings()
	if err == nil && settings.Enabled {
		err = s.start(settings.Folder, false)
	}
	if err != nil {
		s.options.Log.Error("the work folder is not watched", "error", err)
	}
}

// pauseSync leaves the work folder alone until resumeSync.
func (s *Sync) Pause() {
	s.CancelMove()
	s.moves.mu.Lock()
	defer s.moves.mu.Unlock()
	s.stop()
}
