package app

import (
	"math"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/transfer"
	"handover/app/internal/uploads"
)

// Transfer is an upload of one file.
type Transfer struct {
	Order   string  `json:"order"`
	Title   string  `json:"title"` // of the order; "" if unknown on this computer
	Path    string  `json:"path"`
	Size    int64   `json:"size"`
	Sent    int64   `json:"sent"`
	State   string  `json:"state" enum:"waiting,running,checking,paused,retrying,problem"`
	Problem Problem `json:"problem"`
	RetryAt string  `json:"retryAt"`
	Rate    int64   `json:"rate"`    // bytes a second; 0 for unknown
	Seconds int64   `json:"seconds"` // left; -1 for unknown
}

// TransferList holds all unfinished uploads.
type TransferList struct {
	Transfers    []Transfer `json:"transfers"` // in upload order; problems last
	Paused       bool       `json:"paused"`    // the seller paused all uploads
	PausedOrders []string   `json:"pausedOrders"`
	Progress     Progress   `json:"progress"`
	Limits       Limits     `json:"limits"`
	// Speed is the total rate in bytes a second of each of the last periods of
	// SpeedSpan seconds, oldest first.
	Speed     []int64 `json:"speed"`
	SpeedSpan int     `json:"speedSpan"`
}

// Limits are the seller's settings for the speed of uploads.
type Limits struct {
	Up           int64  `json:"up"`       // bytes a second in total; 0 for no limit
	Parallel     int    `json:"parallel"` // files at once
	Schedule     []Span `json:"schedule"` // other limits at certain times of day
	Yield        bool   `json:"yield"`    // give way to other traffic
	Metered      bool   `json:"metered"`  // treat the network as metered: pause
	PauseMetered bool   `json:"pauseMetered"`
}

// Span is a part of the day with its own limit.
type Span struct {
	From string `json:"from"` // such as 09:00
	To   string `json:"to"`   // exclusive; 24:00 is the end of the day
	Up   int64  `json:"up"`   // bytes a second; 0 for no limit
}

// Transfers holds the methods for uploads and their limits.
type Transfers struct{ p *Program }

// List returns all unfinished uploads.
func (b *Transfers) List() (TransferList, error) {
	return b.change(func(*desk.Desk) error { return nil })
}

// Pause pauses one file of an order; the whole order when path is ""; and all
// orders when id is "" too.
func (b *Transfers) Pause(id, path string) (TransferList, error) {
	return b.change(func(d *desk.Desk) error { return d.Uploads.Pause(id, path) })
}

// Resume resumes uploads; its arguments are those of Pause.
func (b *Transfers) Resume(id, path string) (TransferList, error) {
	return b.change(func(d *desk.Desk) error { return d.Uploads.Resume(id, path) })
}

// MoveToFront moves a file to the front of the queue.
func (b *Transfers) MoveToFront(id, path string) (TransferList, error) {
	return b.change(func(d *desk.Desk) error { return d.Uploads.MoveToFront(id, path) })
}

// MoveUp moves a file one place up in the queue.
func (b *Transfers) MoveUp(id, path string) (TransferList, error) {
	return b.change(func(d *desk.Desk) error { return d.Uploads.MoveUp(id, path) })
}

// SetLimits changes the limits. They take effect immediately, also for running
// uploads.
func (b *Transfers) SetLimits(l Limits) (TransferList, error) {
	return b.change(func(d *desk.Desk) error {
		limits := uploads.Limits{Up: l.Up, Parallel: l.Parallel, Yield: l.Yield, Metered: l.Metered, PauseMetered: l.PauseMetered}
		for _, s := range l.Schedule {
			if err := limits.AddSpan(s.From, s.To, s.Up); err != nil {
				return err
			}
		}
		return d.Uploads.SetLimits(limits)
	})
}

// change applies a change and returns the new list.
func (b *Transfers) change(change func(*desk.Desk) error) (TransferList, error) {
	return ask(b.p, func(d *desk.Desk) (TransferList, error) {
		if err := change(d); err != nil {
			return TransferList{}, err
		}
		list, err := d.Uploads.Transfers()
		if err != nil {
			return TransferList{}, err
		}
		limits, err := d.Uploads.Limits()
		return viewTransfers(list, limits), err
	})
}

func viewTransfers(t uploads.Transfers, l uploads.Limits) TransferList {
	v := TransferList{
		Transfers: make([]Transfer, len(t.List)), Paused: t.Paused, PausedOrders: append([]string{}, t.PausedOrders...),
		Progress: Progress{Sent: t.Sent, Total: t.Total, Rate: int64(t.Rate), Seconds: seconds(t.Left)},
		Limits: Limits{
			Up: l.Up, Parallel: l.Parallel, Schedule: make([]Span, len(l.Schedule)),
			Yield: l.Yield, Metered: l.Metered, PauseMetered: l.PauseMetered,
		},
		Speed: make([]int64, len(t.Speed)), SpeedSpan: int(transfer.HistorySpan.Seconds()),
	}
	for i, s := range l.Schedule {
		v.Limits.Schedule[i] = Span{s.From.String(), s.To.String(), s.Up}
	}
	if v.Limits.Parallel == 0 {
		v.Limits.Parallel = parallel
	}
	for i, rate := range t.Speed {
		v.Speed[i] = int64(rate)
	}
	for i, each := range t.List {
		v.Transfers[i] = viewTransfer(each)
	}
	return v
}

func viewTransfer(t uploads.Transfer) Transfer {
	v := Transfer{
		Order: t.Order, Title: t.Title, Path: t.Path, Size: t.Size, Sent: t.Sent, State: string(t.State),
		RetryAt: stamp(t.RetryAt), Rate: int64(t.Rate), Seconds: seconds(t.Left),
		Problem: Problem{Code: t.Fault.Code, Message: t.Fault.Message},
	}
	switch {
	case v.State == "":
		v.State = "problem"
	case t.Checking:
		v.State = "checking"
	}
	return v
}

// seconds rounds up, so that a remaining time never shows as 0; -1 means unknown.
func seconds(left time.Duration) int64 {
	if left < 0 {
		return -1
	}
	return int64(math.Ceil(left.Seconds()))
}
