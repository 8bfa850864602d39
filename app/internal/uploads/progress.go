package uploads

import (
	"context"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
)

// progressPause is the shortest time between two reports of progress, for all
// orders together: ten reports a second look smooth.
const progressPause = 100 * time.Millisecond

// notifySoon reports upload progress of the order, batched with other changes.
// The last change of each order is always reported.
func (u *Uploader) notifySoon(order string) { u.progress.Add(order) }

// notifyProgress reports upload progress until the context ends.
func (u *Uploader) notifyProgress(ctx context.Context) {
	for {
		order, err := u.progress.Next(ctx)
		if err != nil {
			return
		}
		u.bus.Tell(change.Draft, order)
		if change.Sleep(ctx, progressPause) != nil {
			return
		}
	}
}

// Progress is the progress of a draft's uploads, in bytes.
type Progress struct {
	Sent, Total int64
	Files       map[string]int64 // sent of the files being sent, by path
	Rate        float64          // bytes a second; 0 for unknown
	Left        time.Duration    // for the files without a problem; -1 for unknown
	Paused      bool             // all files that are not on the server
}

// Progress returns the progress of the draft's uploads.
func (u *Uploader) Progress(dr draft.Draft) Progress {
	running := u.queue.Progress(dr.Order)
	p := Progress{Files: running.Sent, Rate: running.Rate, Paused: running.Paused}
	waiting := int64(0)
	for _, f := range dr.Files {
		p.Total += f.Size
		if f.State == draft.Verified {
			p.Sent += f.Size
			continue
		}
		sent := min(f.Size, running.Sent[f.Path])
		p.Sent += sent
		if f.State != draft.Problem {
			waiting += f.Size - sent
		}
	}
	p.Left = -1
	if !p.Paused {
		p.Left = known(transfer.Left(waiting, p.Rate))
	}
	return p
}
