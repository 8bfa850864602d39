package foldersync

import (
	"errors"
	"path/filepath"

	"github.com/adrg/xdg"

	"handover/app/internal/change"
	"handover/app/internal/workfolder"
)

// Settings say where the work folder is.
type Settings struct {
	Folder  string `json:"folder"`
	Enabled bool   `json:"enabled"`
	// Used is set once the folder has been turned on. If it is missing later, its
	// drive is.
	Used bool `json:"used,omitempty"`
	// Asked is set once the seller has said whether to have a work folder.
	Asked bool `json:"asked,omitempty"`
	// MovingTo is the new place while the folder is being moved.
	MovingTo string `json:"moving_to,omitempty"`
}

const syncSetting = "work_folder"

// Status is the status of the work folder.
type Status struct {
	Settings
	There    bool // the folder exists and is a work folder
	Watched  bool // drafts follow the folder
	Scanned  bool // its drive reports no changes, so that it is scanned every 30 seconds
	Moving   *Moving
	Problems []workfolder.Problem
}

// Moving is the progress of a move of the work folder.
type Moving struct {
	To          string
	Done, Total int64 // bytes; 0 of 0 if nothing has to be copied
}

// Settings returns where the work folder is or would be, and whether it is turned
// on.
func (s *Sync) Settings() (settings Settings, err error) {
	err = s.drafts.Setting(syncSetting, &settings)
	if settings.Folder == "" {
		settings.Folder = filepath.Join(xdg.UserDirs.Documents, "Handover")
	}
	return settings, err
}

// Status returns the status of the work folder.
func (s *Sync) Status() (Status, error) {
	settings, err := s.Settings()
	if err != nil {
		return Status{}, err
	}
	w := Status{Settings: settings, Problems: []workfolder.Problem{}}
	if state, on := s.State(); on {
		w.Watched, w.Problems = true, state.Problems
	}
	w.There, w.Scanned = workfolder.IsRoot(w.Folder), workfolder.IsScanned(nearest(w.Folder))
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.move; m != nil {
		w.Moving = &Moving{To: m.to, Done: m.done.Load(), Total: m.total.Load()}
	}
	return w, nil
}

// Enable turns the work folder on, now and for later starts: every open order gets
// a folder in it, whose files are added to the draft. An empty dir is the folder in
// the settings. Enable refuses what Check refuses; anyway allows
// problem.CodeFolderWide. It needs Options.Background.
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
			return Explain(err)
		}
		return nil
	})
}

// Disable turns the work folder off. Folders and drafts stay as they are.
func (s *Sync) Disable() error {
	return s.changeFolder(func(settings *Settings) error {
		s.stop()
		settings.Enabled, settings.Asked = false, true
		return nil
	})
}

// Skip stores that the seller wants no work folder for now.
func (s *Sync) Skip() error {
	return s.changeFolder(func(settings *Settings) error {
		settings.Asked = true
		return nil
	})
}

// changeFolder changes the settings, one caller at a time. It fails while the folder
// is being moved.
func (s *Sync) changeFolder(edit func(*Settings) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.move != nil {
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

// Resume watches the work folder again if it is turned on, as after a restart.
func (s *Sync) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Load() != nil || s.move != nil || s.ctx.Err() != nil {
		return
	}
	if err := s.startEnabled(); err != nil {
		s.options.Log.Error("the work folder is not watched", "error", err)
	}
}

// startEnabled watches the work folder of the settings, if it is turned on.
func (s *Sync) startEnabled() error {
	settings, err := s.Settings()
	if err != nil || !settings.Enabled {
		return err
	}
	return s.start(settings.Folder, false)
}

// Pause stops watching the work folder until Resume.
func (s *Sync) Pause() {
	s.CancelMove()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
}
