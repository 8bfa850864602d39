// Package foldersync keeps drafts equal to the work folder: each open order has a
// folder there, and files that rest in it are added to the order's draft.
package foldersync

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/app/internal/presence"
	"handover/app/internal/session"
	"handover/app/internal/uploads"
	"handover/app/internal/workfolder"
)

// Options configure the synchronisation.
type Options struct {
	Home     string // data folder, which cannot be the work folder
	Session  *session.Session
	Orders   *orders.Mirror
	Uploads  *uploads.Uploader
	Presence *presence.Presence
	Drafts   *draft.Store
	Bus      *change.Bus
	Log      *slog.Logger
	// Background is set in a program that stays open. Only there can a work folder be
	// watched.
	Background bool
	// Quiet is how long a file must rest before it is sent; 0 for the default.
	Quiet time.Duration
}

// Sync synchronises drafts with at most one work folder. Its methods may be called
// from several goroutines.
type Sync struct {
	options  Options
	session  *session.Session
	orders   *orders.Mirror
	uploads  *uploads.Uploader
	presence *presence.Presence
	drafts   *draft.Store
	bus      *change.Bus

	ctx     context.Context       // ends moves of the folder
	current atomic.Pointer[watch] // nil while no work folder is watched

	mu   sync.Mutex // held while the folder is turned on or off, and its setting changes
	move *move      // under mu; nil while the folder is not being moved
}

// New returns a synchronisation that watches no folder yet. The context ends moves of
// the folder.
func New(ctx context.Context, o Options) *Sync {
	return &Sync{options: o, session: o.Session, orders: o.Orders, uploads: o.Uploads, presence: o.Presence, drafts: o.Drafts, bus: o.Bus, ctx: ctx}
}

// Watching reports whether a work folder is watched.
func (s *Sync) Watching() bool { return s.current.Load() != nil }

// State is the state of the watched work folder.
type State struct {
	Folder   string
	Problems []workfolder.Problem
}

// State returns the state of the work folder; false if none is watched.
func (s *Sync) State() (State, bool) {
	w := s.current.Load()
	if w == nil {
		return State{}, false
	}
	return State{w.folder.Root(), w.folder.Problems()}, true
}

// Snapshot returns the content of an open order's folder; false without a folder.
func (s *Sync) Snapshot(id string) (workfolder.Snapshot, bool) {
	w := s.current.Load()
	if w == nil {
		return workfolder.Snapshot{}, false
	}
	return w.folder.Snapshot(id)
}

// Rescan scans the whole work folder, and returns once the drafts are equal to it.
// Files that still change are added later. Without a work folder it does nothing.
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
	w := &watch{sync: s, folder: f, dirty: map[string]bool{}, ready: change.NewSignal()}
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
