package foldersync

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/workfolder"
)

// movePause is the shortest time between two reports of a move.
const movePause = 100 * time.Millisecond

// move is a move of the work folder.
type move struct {
	to          string
	cancel      context.CancelFunc
	ended       chan struct{}
	done, total atomic.Int64
}

// Move moves the work folder to dir, or into dir if dir exists and is not empty, and
// returns the new place. On the same drive it renames the folder. To another drive
// it copies the files, compares them, and only then deletes the originals. It calls
// progress, if not nil, while it copies. After problem.CodeFolderLeft the folder was
// moved, but some files are left at the old place. After any other error it was not
// moved.
func (s *Sync) Move(ctx context.Context, dir string, progress func(Moving)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	m := &move{cancel: cancel, ended: make(chan struct{})}
	settings, err := s.beginMove(m, dir)
	if err != nil {
		return "", err
	}
	at, err := s.moveFolder(ctx, settings.Folder, m, progress)
	return m.to, s.endedMove(m, settings, at, err)
}

// beginMove stores the new place before the move, so that the folder is found after
// a crash.
func (s *Sync) beginMove(m *move, dir string) (Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	settings, err := s.Settings()
	switch {
	case err != nil:
		return settings, err
	case s.move != nil:
		return settings, errMoving
	case !workfolder.IsRoot(settings.Folder):
		return settings, &problem.Error{Code: problem.CodeFolderGone, Message: "there is no work folder at " + settings.Folder + " to move"}
	case isWide(realPath(settings.Folder), s.dataFolder()):
		return settings, &problem.Error{Code: problem.CodeFolderWide, Message: settings.Folder + " holds more than work for your orders and stays; choose another folder instead"}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return settings, err
	}
	m.to = FolderIn(dir, filepath.Base(settings.Folder))
	if err := s.Check(m.to, false); err != nil {
		return settings, err
	}
	settings.MovingTo = m.to
	if err := s.drafts.PutSetting(syncSetting, settings); err != nil {
		return settings, err
	}
	s.move = m
	return settings, nil
}

// moveFolder moves the folder and returns where it is.
func (s *Sync) moveFolder(ctx context.Context, from string, m *move, progress func(Moving)) (string, error) {
	var f *workfolder.Folder
	if w := s.current.Load(); w != nil {
		f = w.folder
	} else {
		var err error
		if f, err = workfolder.Open(workfolder.Config{Root: from, Log: s.options.Log}); err != nil {
			return from, err
		}
		defer f.Close()
	}
	var told time.Time
	err := f.Move(ctx, m.to, func(done, total int64) {
		m.done.Store(done)
		m.total.Store(total)
		if progress != nil {
			progress(Moving{m.to, done, total})
		}
		if now := time.Now(); now.Sub(told) >= movePause || done == total {
			told = now
			s.bus.Tell(change.Folder, "")
		}
	})
	return f.Root(), err
}

// endedMove stores the place of the folder.
func (s *Sync) endedMove(m *move, settings Settings, at string, err error) error {
	s.mu.Lock()
	defer func() {
		s.move = nil
		s.mu.Unlock()
		close(m.ended)
		s.bus.Tell(change.Folder, "")
	}()
	err = Explain(err)
	from := settings.Folder
	settings.MovingTo = ""
	if err == nil || problem.Explain(err).Code == problem.CodeFolderLeft {
		settings.Folder = at
		m.to = at
		err = errors.Join(err, s.relocate(from, at))
	}
	if stored := s.drafts.PutSetting(syncSetting, settings); stored != nil {
		return errors.Join(stored, err)
	}
	return err
}

// relocate changes the paths of the drafts' files to the new place.
func (s *Sync) relocate(from, to string) error {
	return s.drafts.Each(func(dr draft.Draft) error {
		for _, f := range dr.Files {
			rest, in := strings.CutPrefix(f.Source, from+string(filepath.Separator))
			if !in {
				continue
			}
			_, err := s.drafts.UpdateFile(dr.Order, f.Path, func(now *draft.File) {
				if now.Source == f.Source {
					now.Source = filepath.Join(to, rest)
				}
			})
			if err != nil && !errors.Is(err, draft.ErrNoFile) {
				return err
			}
		}
		return nil
	})
}

// CancelMove stops a move of the work folder, and returns once it has ended.
func (s *Sync) CancelMove() {
	s.mu.Lock()
	m := s.move
	s.mu.Unlock()
	if m != nil {
		m.cancel()
		<-m.ended
	}
}

// SettleMove finds the work folder after a crash during a move, by its mark. If both
// places have the mark, the folder is at the old one: the move was not complete.
func (s *Sync) SettleMove() error {
	settings, err := s.Settings()
	if err != nil || settings.MovingTo == "" {
		return err
	}
	to := settings.MovingTo
	switch {
	case workfolder.IsRoot(settings.Folder):
		if err := workfolder.ForgetMove(to); err != nil {
			s.options.Log.Warn("the copy of an interrupted move was not removed", "error", err)
		}
	case workfolder.IsRoot(to):
		if err := s.relocate(settings.Folder, to); err != nil {
			return err
		}
		settings.Folder = to
	default:
		return nil // until a drive is connected
	}
	settings.MovingTo = ""
	return s.drafts.PutSetting(syncSetting, settings)
}
