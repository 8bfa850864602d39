package desk

import (
	"context"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
)

// Transfer is one file on its way, across all orders.
type Transfer struct {
	Order string // ID
	Title string // of the order; "" when this computer does not know it
	Path  string
	Size  int64
	Sent  int64
	State transfer.State // of the queue; "" for a file with a problem
	// Checking is set while the file is being read, to find out what of it the
	// server has; Sent is then how much was read.
	Checking bool
	File     draft.State
	Fault    draft.Fault
	RetryAt  time.Time     // when State is Retrying
	Rate     float64       // bytes a second; 0 for unknown
	Left     time.Duration // -1 for unknown
}

// Transfers are all files that are not on the server yet.
type Transfers struct {
	List   []Transfer // in the order in which they go; problems last
	Paused bool       // all of them, by the seller
	// PausedOrders are those that the seller paused as a whole.
	PausedOrders []string
	Sent         int64 // bytes, of all in the list that have no problem
	Total        int64
	Rate         float64       // bytes a second of all together; 0 for unknown
	Left         time.Duration // -1 for unknown
	// Speed is how fast all together went in the last minutes, see
	// [transfer.Queue.History].
	Speed []float64
}

// Transfers lists what is on its way and what waits, across all orders.
func (u *Uploader) Transfers() (Transfers, error) {
	settings, err := u.controls.Settings()
	if err != nil {
		return Transfers{}, err
	}
	open, err := u.openFiles()
	if err != nil {
		return Transfers{}, err
	}
	t := Transfers{List: []Transfer{}, Paused: settings.Paused, PausedOrders: settings.PausedGroups, Rate: u.queue.Progress("").Rate}
	for _, s := range u.queue.List() {
		if f, ok := open[s.Item]; ok {
			delete(open, s.Item)
			t.List = append(t.List, u.transfer(f, s))
		}
	}
	t.List = append(t.List, u.outside(open, settings)...)
	t.Speed = u.queue.History()
	for _, each := range t.List {
		if each.State != "" {
			t.Sent += each.Sent
			t.Total += each.Size
		}
	}
	t.Left = known(transfer.Left(t.Total-t.Sent, t.Rate))
	return t, nil
}

// openFiles are all files that the server does not have yet.
func (u *Uploader) openFiles() (map[transfer.Item]draft.File, error) {
	ids, err := u.drafts.Drafts()
	if err != nil {
		return nil, err
	}
	open := map[transfer.Item]draft.File{}
	for _, id := range ids {
		dr, err := u.drafts.Draft(id)
		if err != nil {
			return nil, err
		}
		for _, f := range dr.Files {
			if f.State != draft.Verified {
				open[transfer.Item{Group: id, Name: f.Path}] = f
			}
		}
	}
	return open, nil
}

func (u *Uploader) transfer(f draft.File, s transfer.Status) Transfer {
	t := Transfer{
		Order: s.Item.Group, Path: f.Path, Size: f.Size, Sent: min(s.Sent, f.Size), State: s.State,
		File: f.State, Fault: f.Fault, RetryAt: s.RetryAt, Rate: s.Rate, Left: known(s.Left()),
	}
	if done, running := u.checks.of(s.Item); running {
		t.Checking, t.Sent, t.Rate, t.Left = true, done, 0, -1
	}
	if f.State == draft.Problem {
		// The queue hears of it a moment later.
		t.State, t.Rate, t.Left = "", 0, -1
	}
	if o, found, err := u.drafts.CachedOrder(s.Item.Group); err == nil && found {
		t.Title = o.Title
	}
	return t
}

// known is -1 for a time that nobody knows.
func known(d time.Duration, ok bool) time.Duration {
	if !ok {
		return -1
	}
	return d
}

// Limits returns the limits as they are.
func (u *Uploader) Limits() (Limits, error) {
	s, err := u.controls.Settings()
	return limits(s), err
}

// SetLimits replaces the limits; they hold for running uploads at once.
func (u *Uploader) SetLimits(l Limits) error { return u.apply(u.controls.SetLimits(l)) }

// Pause pauses uploads: one file of an order, all of it when path is "", and
// all orders when id is "".
func (u *Uploader) Pause(id, path string) error { return u.apply(u.controls.Pause(id, path)) }

// Resume lets uploads go on that Pause paused, and those that wait for their
// next try.
func (u *Uploader) Resume(id, path string) error {
	if err := u.apply(u.controls.Resume(id, path)); err != nil {
		return err
	}
	u.queue.Retry()
	return nil
}

func (u *Uploader) apply(s transfer.Settings, err error) error {
	if err == nil {
		u.queue.Apply(s)
		u.bus.Tell(change.State, "")
	}
	return err
}

// followSettings applies what other programs change, within a second.
func (u *Uploader) followSettings() {
	last := u.controls.file.Stamp()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-u.ctx.Done():
			return
		}
		stamp := u.controls.file.Stamp()
		if stamp == last {
			continue
		}
		last = stamp
		if err := u.apply(u.controls.Settings()); err != nil {
			u.options.Log.Error("the settings of uploads cannot be read", "error", err)
		}
	}
}

// probe makes a small request, whose round trip shows how busy the line is.
func (s *Session) Ping(ctx context.Context) error {
	client, _, err := s.Server()
	if err == nil {
		_, err = client.Server(ctx)
	}
	return err
}
