package uploads

import (
	"cmp"
	"context"
	"slices"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
)

// Transfer is a file that is not on the server yet.
type Transfer struct {
	Order string // ID
	Title string // of the order; "" if it is not known
	Path  string
	Size  int64
	Sent  int64
	State transfer.State // of the queue; "" for a file with a problem
	// Checking is set while the file is being compared with its upload; Sent is then
	// the number of bytes read.
	Checking bool
	File     draft.State
	Fault    draft.Fault
	RetryAt  time.Time     // when State is Retrying
	Rate     float64       // bytes a second; 0 for unknown
	Left     time.Duration // -1 for unknown
}

// Transfers are all files that are not on the server yet, of all orders.
type Transfers struct {
	List         []Transfer // in the order of sending; files with a problem last
	Paused       bool       // the seller paused all orders
	PausedOrders []string   // the seller paused these orders
	Sent         int64      // bytes, of the files without a problem
	Total        int64
	Rate         float64       // bytes a second in total; 0 for unknown
	Left         time.Duration // -1 for unknown
	// Speed is the total rate in the last minutes, see [transfer.Queue.History].
	Speed []float64
}

// Transfers lists the files that are not on the server yet.
func (u *Uploader) Transfers() (Transfers, error) {
	settings, err := u.controls.Settings()
	if err != nil {
		return Transfers{}, err
	}
	open, err := unverified(u.drafts)
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
	t.List = append(t.List, notQueued(open, settings, u.transfer)...)
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

// unverified returns the files of all drafts that are not verified.
func unverified(drafts *draft.Store) (map[transfer.Item]draft.File, error) {
	open := map[transfer.Item]draft.File{}
	err := drafts.Each(func(dr draft.Draft) error {
		for _, f := range dr.Files {
			if f.State != draft.Verified {
				open[transfer.Item{Group: dr.Order, Name: f.Path}] = f
			}
		}
		return nil
	})
	return open, err
}

// notQueued describes the files that are not in the queue: files with a problem, and
// all files of a program that uploads only when it delivers.
func notQueued(open map[transfer.Item]draft.File, settings transfer.Settings, describe func(draft.File, transfer.Status) Transfer) []Transfer {
	list := make([]Transfer, 0, len(open))
	for item, f := range open {
		s := transfer.Status{Item: item, Size: f.Size, State: transfer.Waiting}
		if settings.Holds(item) {
			s.State = transfer.Paused
		}
		list = append(list, describe(f, s))
	}
	slices.SortFunc(list, func(a, b Transfer) int {
		return cmp.Or(cmp.Compare(b.State, a.State), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Path, b.Path))
	})
	return list
}

func (u *Uploader) transfer(f draft.File, s transfer.Status) Transfer {
	t := Transfer{
		Order: s.Item.Group, Path: f.Path, Size: f.Size, Sent: min(s.Sent, f.Size), State: s.State,
		File: f.State, Fault: f.Fault, RetryAt: s.RetryAt, Rate: s.Rate, Left: known(s.Left()),
	}
	if done, running := u.Checked(s.Item.Group, s.Item.Name); running {
		t.Checking, t.Sent, t.Rate, t.Left = true, done, 0, -1
	}
	if f.State == draft.Problem {
		// The queue learns of it a moment later.
		t.State, t.Rate, t.Left = "", 0, -1
	}
	if o, found, err := u.drafts.CachedOrder(s.Item.Group); err == nil && found {
		t.Title = o.Title
	}
	return t
}

// known returns the duration, or -1 if it is not known.
func known(d time.Duration, ok bool) time.Duration {
	if !ok {
		return -1
	}
	return d
}

// Limits returns the limits of uploads.
func (u *Uploader) Limits() (Limits, error) {
	s, err := u.controls.Settings()
	return limits(s), err
}

// SetLimits replaces the limits, also for running uploads.
func (u *Uploader) SetLimits(l Limits) error { return u.apply(u.controls.SetLimits(l)) }

// Pause pauses one file of an order, or the whole order if path is "", or all
// orders if id is "".
func (u *Uploader) Pause(id, path string) error { return u.apply(u.controls.Pause(id, path)) }

// Resume resumes uploads that Pause paused, and retries those that wait for their
// next attempt.
func (u *Uploader) Resume(id, path string) error {
	if err := u.apply(u.controls.Resume(id, path)); err != nil {
		return err
	}
	u.queue.Retry()
	return nil
}

func (u *Uploader) apply(s transfer.Settings, err error) error {
	if err != nil {
		return err
	}
	u.queue.Apply(s)
	u.bus.Tell(change.State, "")
	return nil
}

// followSettings applies settings that other programs change, within a second.
func (u *Uploader) followSettings(ctx context.Context) {
	last := u.controls.file.Stamp()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
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
