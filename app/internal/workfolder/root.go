package workfolder

import (
	"fmt"
	"path/filepath"
	"slices"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/watch"
)

// rootIsMissing checks the work folder's mark. While the mark is missing, known files
// keep their state: unplugging a drive deletes nothing.
func (l *loop) rootIsMissing() bool {
	missing := !place.HasRootMark(l.config.Root)
	if missing != l.missing {
		l.missing = missing
		for _, o := range l.orders {
			l.changed[o] = true
			o.unsure = missing
		}
		l.rescanAt = 0
		if missing {
			l.stopWatching() // it would watch an empty place
			l.rescanAt = l.now() + l.config.tuning.poll
		}
	}
	return missing
}

// startWatching watches the work folder unless that is impossible or failed recently.
func (l *loop) startWatching() {
	if l.watcher != nil || l.config.tuning.scanning || watch.Silent(l.config.Root) || l.now() < l.retryAt {
		return
	}
	w, err := watch.New(l.config.Root, l.wake, watch.Faults{Drop: l.config.tuning.drop, Limit: l.config.tuning.watchLimit})
	if err != nil {
		l.giveUpWatching(err)
		return
	}
	l.watcher, l.watchErr = w, nil
}

func (l *loop) stopWatching() {
	if l.watcher != nil {
		l.watcher.Close()
		l.watcher = nil
	}
}

// checkWatches falls back to scanning when the system's limit of watches is reached.
func (l *loop) checkWatches() {
	if l.watcher == nil {
		return
	}
	if err := l.watcher.Failure(); err != nil {
		l.stopWatching()
		l.giveUpWatching(err)
	}
}

func (l *loop) giveUpWatching(err error) {
	l.watchErr = err
	l.retryAt = l.now() + l.config.tuning.full
	l.rescanAt = min(l.rescanAt, l.now()+l.config.tuning.poll)
	l.config.Log.Warn("the work folder is scanned, not watched", "error", err, "every", l.config.tuning.poll)
}

// listProblems returns the current problems in a stable order.
func (l *loop) listProblems() []Problem {
	root := l.config.Root
	if l.missing {
		return []Problem{{Code: RootMissing, Path: root, Message: fmt.Sprintf("the work folder %s is missing; plug in its drive, or choose another folder. Drafts keep what they have", root)}}
	}
	var list []Problem
	if l.watchErr != nil {
		message, remedy := limitMessage(l.watchErr)
		list = append(list, Problem{Code: WatchLimit, Path: root, Message: message, Remedy: remedy})
	}
	if l.badRule != nil {
		list = append(list, Problem{Code: BadRule, Path: filepath.Join(root, leftout.IgnoreFile), Message: "the ignore rules of the work folder cannot be read: " + l.badRule.Error()})
	}
	for _, o := range l.orders {
		list = append(list, o.problems()...)
	}
	slices.SortStableFunc(list, compareProblems)
	return list
}
