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
func (d *Desk) MoveFolder(ctx context.Context, dir string, progress func(Moving)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.ctx, cancel)()
	m := &move{cancel: cancel, ended: make(chan struct{})}
	settings, err := d.beginMove(m, dir)
	if err != nil {
		return "", err
	}
	at, err := d.moveFolder(ctx, settings.Folder, m, progress)
	return m.to, d.endedMove(m, settings, at, err)
}

// beginMove notes on the disk what is about to be done, so that the folder is
// found wherever a crash leaves it.
func (d *Desk) beginMove(m *move, dir string) (SyncSettings, error) {
	d.folder.mu.Lock()
	defer d.folder.mu.Unlock()
	s, err := d.SyncSettings()
	switch {
	case err != nil:
		return s, err
	case d.folder.move != nil:
		return s, errMoving
	case !workfolder.IsRoot(s.Folder):
		return s, &problem.Error{Code: problem.CodeFolderGone, Message: "there is no work folder at " + s.Folder + " to move"}
	case isWide(realPath(s.Folder), d.dataFolder()):
		return s, &problem.Error{Code: problem.CodeFolderWide, Message: s.Folder + " holds more than work for your orders and stays; choose another folder instead"}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return s, err
	}
	m.to = FolderIn(dir, filepath.Base(s.Folder))
	if err := d.CheckFolder(m.to, false); err != nil {
		return s, err
	}
	s.MovingTo = m.to
	if err := d.drafts.PutSetting(syncSetting, s); err != nil {
		return s, err
	}
	d.folder.move = m
	return s, nil
}

// moveFolder moves it, and returns where it is then.
func (d *Desk) moveFolder(ctx context.Context, from string, m *move, progress func(Moving)) (string, error) {
	var f *workfolder.Folder
	if s := d.sync.Load(); s != nil {
		f = s.folder
	} else {
		var err error
		if f, err = workfolder.Open(workfolder.Config{Root: from, Log: d.options.Log}); err != nil {
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
		if now := time.Now(); now.Sub(told) >= progressPause || done == total {
			told = now
			d.tell(change.Folder, "")
		}
	})
	return f.Root(), err
}

// endedMove stores where the folder is.
func (d *Desk) endedMove(m *move, s SyncSettings, at string, err error) error {
	d.folder.mu.Lock()
	defer func() {
		d.folder.move = nil
		d.folder.mu.Unlock()
		close(m.ended)
		d.tell(change.Folder, "")
	}()
	err = explainFolder(err)
	from := s.Folder
	s.MovingTo = ""
	if err == nil || problem.Explain(err).Code == problem.CodeFolderLeft {
		s.Folder = at
		m.to = at
		err = errors.Join(err, d.lookIn(from, at))
	}
	if stored := d.drafts.PutSetting(syncSetting, s); stored != nil {
		return errors.Join(stored, err)
	}
	return err
}

// lookIn has the files of drafts looked for where they now lie.
func (d *Desk) lookIn(from, to string) error {
	ids, err := d.drafts.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		dr, err := d.drafts.Draft(id)
		if err != nil {
			return err
		}
		for _, f := range dr.Files {
			rest, in := strings.CutPrefix(f.Source, from+string(filepath.Separator))
			if !in {
				continue
			}
			_, err := d.drafts.UpdateFile(id, f.Path, func(now *draft.File) {
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
func (d *Desk) CancelMove() {
	d.folder.mu.Lock()
	m := d.folder.move
	d.folder.mu.Unlock()
	if m != nil {
		m.cancel()
		<-m.ended
	}
}

// settleMove finds the work folder after a crash during a move: what has the
// mark of one is it, and of two the old one, since only a complete copy has its
// name.
func (d *Desk) settleMove() error {
	s, err := d.SyncSettings()
	if err != nil || s.MovingTo == "" {
		return err
	}
	to := s.MovingTo
	switch {
	case workfolder.IsRoot(s.Folder):
		if err := workfolder.ForgetMove(to); err != nil {
			d.options.Log.Warn("the copy of a move that was cut off stays", "error", err)
		}
	case workfolder.IsRoot(to):
		if err := d.lookIn(s.Folder, to); err != nil {
			return err
		}
		s.Folder = to
	default:
		return nil // neither drive is there: once one is
	}
	s.MovingTo = ""
	return d.drafts.PutSetting(syncSetting, s)
}
