package desk

import (
	"time"

	"handover/app/internal/change"
)

// progressPause is the least time between two reports of progress, for all
// orders together. A screen shows ten pictures a second at most.
const ProgressPause = 100 * time.Millisecond

// notifySoon reports upload progress of the order, batched with other changes.
// The last change of each order is always reported.
func (u *Uploader) NotifySoon(order string) { u.progress.Add(order) }

// notifyProgress reports upload progress until Close.
func (u *Uploader) notifyProgress() {
	for {
		order, err := u.progress.Next(u.ctx)
		if err != nil {
			return
		}
		u.bus.Tell(change.Draft, order)
		if change.Sleep(u.ctx, ProgressPause) != nil {
			return
		}
	}
}
