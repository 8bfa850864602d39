package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/adrg/xdg"

	"handover/app/internal/draft"
	"handover/app/internal/transfer"
	"handover/app/internal/workfolder"
	"handover/backend/order"
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

// SyncNow asks the server for the orders, gives each its folder and looks at
// all of them; it fails when the server does not answer.
func (d *Desk) SyncNow(ctx context.Context) error {
	s := d.sync.Load()
	if s == nil {
		return errors.New("no work folder is watched")
	}
	if _, err := d.fetchOrders(ctx); err != nil {
		return err
	}
	if err := s.setOrders(); err != nil {
		return err
	}
	return d.Rescan(ctx)
}

// Synced reports whether there is nothing more to do: all files in drafts of
// orders that have a folder are verified. It fails with the first problem of
// one, or of the folder, once nothing else moves.
func (d *Desk) Synced() (done bool, err error) {
	ids, err := d.drafts.Drafts()
	if err != nil {
		return false, err
	}
	settings, err := d.controls.Settings()
	if err != nil {
		return false, err
	}
	var fault error
	for _, id := range ids {
		dr, err := d.drafts.Draft(id)
		if err != nil {
			return false, err
		}
		if _, open := d.Folder(id); !open {
			continue
		}
		for _, f := range dr.Files {
			if f.State == draft.Verified {
				continue
			}
			if settings.Holds(transfer.Item{Group: id, Name: f.Path}) {
				f.Fault = draft.Fault{Code: CodePaused, Message: "its upload is paused; resume it first"}
				f.State = draft.Problem
			}
			if f.Fault.Code == "" || f.State != draft.Problem && f.Fault.Code != CodeUnreachable && f.Fault.Code != codeUnauthorised {
				return false, nil
			}
			if fault == nil {
				fault = &Error{Code: f.Fault.Code, Message: fmt.Sprintf("%s: %s", f.Path, f.Fault.Message)}
			}
		}
	}
	state, _ := d.Sync()
	if fault == nil && len(state.Problems) > 0 {
		p := state.Problems[0]
		fault = &Error{Code: string(p.Code), Message: p.Message}
	}
	return true, fault
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

// syncer makes the drafts equal to the work folder.
type syncer struct {
	d      *Desk
	folder *workfolder.Folder
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	one    sync.Mutex // one reconciliation at a time

	mu     sync.Mutex
	dirty  map[string]bool // orders whose draft may differ from the folder
	all    bool            // all of them, and what waits is to be queued anew
	orders bool            // other orders may be open
	look   bool            // a file is not what the folder said
	some   chan struct{}   // holds a token while something is there
}

func (s *syncer) wake() {
	select {
	case s.some <- struct{}{}:
	default:
	}
}

// note has something done soon.
func (s *syncer) note(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	s.wake()
}

// listen passes on what the folder says.
func (s *syncer) listen() {
	for {
		news, err := s.folder.Next(s.ctx)
		if err != nil {
			return // closed
		}
		if news.Problems {
			s.d.tell(StateChanged, "")
		}
		s.note(func() {
			for _, id := range news.Orders {
				s.dirty[id] = true
			}
		})
	}
}

// again is how long after a fault something is tried again.
const again = 5 * time.Second

func (s *syncer) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.some:
		case <-timer.C:
		case <-s.ctx.Done():
			return
		}
		if err := s.step(); err != nil && s.ctx.Err() == nil {
			s.log().Warn("the drafts could not be made equal to the work folder", "error", err)
			s.mu.Lock()
			s.all, s.orders = true, true
			s.mu.Unlock()
			timer.Reset(again)
			continue
		}
		if left, err := s.d.dropOrphans(s.ctx); err != nil {
			s.log().Info("uploads that are no longer wanted stay on the server for now", "error", err)
			timer.Reset(again)
		} else if left {
			timer.Reset(time.Second)
		}
	}
}

func (s *syncer) log() *slog.Logger { return s.d.options.Log }

// step does what has been noted.
func (s *syncer) step() error {
	s.mu.Lock()
	orders, look, all, dirty := s.orders, s.look, s.all, s.dirty
	s.orders, s.look, s.all, s.dirty = false, false, false, map[string]bool{}
	s.mu.Unlock()
	if orders {
		if err := s.setOrders(); err != nil {
			return err
		}
	}
	if look {
		if err := s.folder.Rescan(s.ctx); err != nil {
			return err
		}
	}
	if all {
		if err := s.reconcileAll(s.ctx, true); err != nil {
			return err
		}
	}
	for id := range dirty {
		if err := s.reconcile(id, false); err != nil {
			return err
		}
	}
	return nil
}

// setOrders gives every open order its folder. The orders of the trial are
// samples, and get none.
func (s *syncer) setOrders() error {
	session, _ := s.d.Session()
	var open []workfolder.Order
	if session.Server != "" && !session.Trial {
		list, err := s.d.Orders(s.ctx)
		if err != nil {
			// Not known, or signed out meanwhile: with the next answer.
			s.log().Info("the orders are not known", "error", err)
			return nil
		}
		for _, o := range list.Orders {
			if slices.Contains(o.Allowed, order.Deliver) {
				open = append(open, workfolder.Order{ID: o.ID, Title: o.Title})
			}
		}
	}
	if err := s.folder.SetOrders(s.ctx, open); err != nil {
		return err
	}
	s.note(func() { s.all = true })
	return nil
}

func (s *syncer) reconcileAll(ctx context.Context, queue bool) error {
	orders, _, err := s.d.drafts.CachedOrders()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.reconcile(o.ID, queue); err != nil {
			return err
		}
	}
	return nil
}

// reconcile makes the draft equal to the folder of its order, and has uploaded
// what is new. With queue set that is all that waits.
func (s *syncer) reconcile(id string, queue bool) error {
	s.one.Lock()
	defer s.one.Unlock()
	snapshot, open := s.folder.Snapshot(id)
	if !open || snapshot.Dir == "" {
		return nil
	}
	r := reconciler{snapshot, s.d.fileLimit()}
	// What is under way for a version that is no longer there ends first, so
	// that it does not write down anything afterwards.
	p, err := s.d.drafts.Foresee(id, r.plan)
	if err != nil {
		return err
	}
	for _, name := range p.Remove {
		s.d.queue.Remove(transfer.Item{Group: id, Name: name})
	}
	for _, f := range p.Put {
		s.d.queue.Remove(transfer.Item{Group: id, Name: f.Path})
	}
	if p, err = s.d.drafts.Reconcile(id, r.plan); err != nil {
		return err
	}
	if queue {
		dr, err := s.d.drafts.Draft(id)
		if err != nil {
			return err
		}
		p.Put = dr.Files
	}
	for _, f := range p.Put {
		if f.Origin == draft.FromFolder && (f.State == draft.Queued || f.State == draft.Uploading) {
			s.d.enqueue(id, f)
		}
	}
	if !p.Empty() {
		s.d.noteDraft(id)
		s.d.tell(DraftChanged, id)
	}
	return nil
}

// leftToFolder reports whether the work folder finds out what became of a file
// that could not be sent as it is.
func (d *Desk) leftToFolder(item transfer.Item, code string) bool {
	s := d.sync.Load()
	if s == nil || code != CodeFileMissing && code != CodeFileChanged {
		return false
	}
	var stale draft.File
	f, err := d.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
		if f.Origin == draft.FromFolder {
			stale = *f
			f.Forget()
			f.State, f.SHA256, f.Fault = draft.Settling, "", draft.Fault{}
		}
	})
	if err != nil || f.Origin != draft.FromFolder {
		return false
	}
	d.discardUpload(stale)
	s.note(func() { s.look = true; s.dirty[item.Group] = true })
	return true
}

// uploadEnded tells those who wait for uploads.
func (d *Desk) uploadEnded(id string) {
	d.tellSoon(id)
	if s := d.sync.Load(); s != nil {
		s.wake()
	}
}

// isSettled reports whether the folder of the order agrees that the files of
// the draft are at rest as they were uploaded. It is true without a folder.
func (d *Desk) isSettled(dr draft.Draft) bool {
	snapshot, ok := d.Folder(dr.Order)
	if !ok {
		return true
	}
	resting := map[string]bool{}
	for _, f := range snapshot.Files {
		if f.State == workfolder.Present {
			resting[snapshot.Source(f)] = true
		}
	}
	return !slices.ContainsFunc(dr.Files, func(f draft.File) bool { return f.Origin == draft.FromFolder && !resting[f.Source] })
}
