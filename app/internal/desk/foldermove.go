package desk

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

// move is a move of the work folder that goes on.
type move struct {
	to          string
	cancel      context.CancelFunc
	ended       chan struct{}
	done, total atomic.Int64
}

// MoveFolder brings the work folder with all that is in it to another place,
// and returns which that is: dir itself, or a folder in it when dir is there
// and not empty. On the same drive it is renamed; to another one it is copied,
// compared, and only then deleted. progress, if not nil, is told of what is
// copied. With problem.CodeFolderLeft it was moved, but something is left at the old
// place; after any other error it is where it was.
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

// beginMove notes on the disk what is about to be done, so that the folder is
// found wherever a crash leaves it.
func (s *Sync) beginMove(m *move, dir string) (Settings, error) {
	s.moves.mu.Lock()
	defer s.moves.mu.Unlock()
	settings, err := s.Settings()
	switch {
	case err != nil:
		return settings, err
	case s.moves.move != nil:
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
	s.moves.move = m
	return settings, nil
}

// moveFolder moves it, and returns where it is then.
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
		if now := time.Now(); now.Sub(told) >= uploads.ProgressPause || done == total {
			told = now
			s.bus.Tell(change.Folder, "")
		}
	})
	return f.Root(), err
}

// endedMove stores where the folder is.
func (s *Sync) endedMove(m *move, settings Settings, at string, err error) error {
	s.moves.mu.Lock()
	defer func() {
		s.moves.move = nil
		s.moves.mu.Unlock()
		close(m.ended)
		s.bus.Tell(change.Folder, "")
	}()
	err = explainFolder(err)
	from := settings.Folder
	settings.MovingTo = ""
	if err == nil || problem.Explain(err).Code == problem.CodeFolderLeft {
		settings.Folder = at
		m.to = at
		err = errors.Join(err, s.lookIn(from, at))
	}
	if stored := s.drafts.PutSetting(syncSetting, settings); stored != nil {
		return errors.Join(stored, err)
	}
	return err
}

// lookIn has the files of drafts looked for where they now lie.
func (s *Sync) lookIn(from, to string) error {
	ids, err := s.drafts.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		dr, err := s.drafts.Draft(id)
		if err != nil {
			return err
		}
		for _, f := range dr.Files {
			rest, in := strings.CutPrefix(f.Source, from+string(filepath.Separator))
			if !in {
				continue
			}
			_, err := s.drafts.UpdateFile(id, f.Path, func(now *draft.File) {
				if now.Source == f.Source {
					now.Source = filepath.Join(to, rest)
				}
			})
			if err != nil && !errors.Is(err, draft.ErrNoFile) {
				return err
			}
		}
	}
	return nil
}

// CancelMove stops a move of the work folder, which then stays where it is, and
// returns once that is so.
func (s *Sync) CancelMove() {
	s.moves.mu.Lock()
	m := s.moves.move
	s.moves.mu.Unlock()
	if m != nil {
		m.cancel()
		<-m.ended
	}
}

// settleMove finds the work folder after a crash during a move: what has the
// mark of one is it, and of two the old one, since only a complete copy has its
// name.
func (s *Sync) SettleMove() error {
	settings, err := s.Settings()
	if err != nil || settings.MovingTo == "" {
		return err
	}
	to := settings.MovingTo
	switch {
	case workfolder.IsRoot(settings.Folder):
		if err := workfolder.ForgetMove(to); err != nil {
			s.options.Log.Warn("the copy of a move that was cut off stays", "error", err)
		}
	case workfolder.IsRoot(to):
		if err := s.lookIn(settings.Folder, to); err != nil {
			return err
		}
		settings.Folder = to
	default:
		return nil // neither drive is there: once one is
	}
	settings.MovingTo = ""
	return s.drafts.PutSetting(syncSetting, settings)
}
