package desk

import (
	"time"

	"handover/app/internal/change"
)

// progressPause is the least time between two reports of progress, for all
// orders together. A screen shows ten pictures a second at most.
const progressPause = 100 * time.Millisecond

// notifySoon reports upload progress of the order, batched with other changes.
// The last change of each order is always reported.
func (d *Desk) notifySoon(order string) { d.progress.Add(order) }

// notifyProgress reports upload progress until Close.
func (d *Desk) notifyProgress() {
	for {
		order, err := d.progress.Next(d.ctx)
		if err != nil {
			return
		}
		d.tell(change.Draft, order)
		if change.Sleep(d.ctx, progressPause) != nil {
			return
		}
	}
}
