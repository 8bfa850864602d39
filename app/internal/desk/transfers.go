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
func (d *Desk) Transfers() (Transfers, error) {
	settings, err := d.controls.Settings()
	if err != nil {
		return Transfers{}, err
	}
	open, err := d.openFiles()
	if err != nil {
		return Transfers{}, err
	}
	t := Transfers{List: []Transfer{}, Paused: settings.Paused, PausedOrders: settings.PausedGroups, Rate: d.queue.Progress("").Rate}
	for _, s := range d.queue.List() {
		if f, ok := open[s.Item]; ok {
			delete(open, s.Item)
			t.List = append(t.List, d.transfer(f, s))
		}
	}
	t.List = append(t.List, d.outside(open, settings)...)
	t.Speed = d.queue.History()
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
func (d *Desk) openFiles() (map[transfer.Item]draft.File, error) {
	ids, err := d.drafts.Drafts()
	if err != nil {
		return nil, err
	}
	open := map[transfer.Item]draft.File{}
	for _, id := range ids {
		dr, err := d.drafts.Draft(id)
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

func (d *Desk) transfer(f draft.File, s transfer.Status) Transfer {
	t := Transfer{
		Order: s.Item.Group, Path: f.Path, Size: f.Size, Sent: min(s.Sent, f.Size), State: s.State,
		File: f.State, Fault: f.Fault, RetryAt: s.RetryAt, Rate: s.Rate, Left: known(s.Left()),
	}
	if done, running := d.checks.of(s.Item); running {
		t.Checking, t.Sent, t.Rate, t.Left = true, done, 0, -1
	}
	if f.State == draft.Problem {
		// The queue hears of it a moment later.
		t.State, t.Rate, t.Left = "", 0, -1
	}
	if o, found, err := d.drafts.CachedOrder(s.Item.Group); err == nil && found {
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
func (d *Desk) Limits() (Limits, error) {
	s, err := d.controls.Settings()
	return limits(s), err
}

// SetLimits replaces the limits; they hold for running uploads at once.
func (d *Desk) SetLimits(l Limits) error { return d.apply(d.controls.SetLimits(l)) }

// Pause pauses uploads: one file of an order, all of it when path is "", and
// all orders when id is "".
func (d *Desk) Pause(id, path string) error { return d.apply(d.controls.Pause(id, path)) }

// Resume lets uploads go on that Pause paused, and those that wait for their
// next try.
func (d *Desk) Resume(id, path string) error {
	if err := d.apply(d.controls.Resume(id, path)); err != nil {
		return err
	}
	d.queue.Retry()
	return nil
}

func (d *Desk) apply(s transfer.Settings, err error) error {
	if err == nil {
		d.queue.Apply(s)
		d.tell(change.State, "")
	}
	return err
}

// followSettings applies what other programs change, within a second.
func (d *Desk) followSettings() {
	last := d.controls.file.Stamp()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-d.ctx.Done():
			return
		}
		stamp := d.controls.file.Stamp()
		if stamp == last {
			continue
		}
		last = stamp
		if err := d.apply(d.controls.Settings()); err != nil {
			d.options.Log.Error("the settings of uploads cannot be read", "error", err)
		}
	}
}

// probe makes a small request, whose round trip shows how busy the line is.
func (d *Desk) probe(ctx context.Context) error {
	client, _, err := d.server()
	if err == nil {
		_, err = client.Server(ctx)
	}
	return err
}
