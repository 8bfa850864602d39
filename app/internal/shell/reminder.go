package shell

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"handover/app/internal/alerts"
	"handover/app/internal/change"
	"handover/backend/api"
)

// reminder warns the seller of due dates.
type reminder struct {
	desk    Desk
	alerts  *alerts.Alerts
	changed change.Signal // due dates may have changed
	log     *slog.Logger
}

// run warns of due dates until ctx ends. It compares the clock every minute: a
// timer for the due date would be late after sleep.
func (r reminder) run(ctx context.Context) {
	told := alerts.Told{}
	if err := r.desk.Recall(warnedMemory, &told); err != nil {
		r.log.Error("read the recorded warnings", "error", err)
	}
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	// The page loads the list of orders after a change; wait for it.
	loaded := time.NewTimer(listLoads)
	defer loaded.Stop()
	var owed []api.Order
	for {
		select {
		case <-r.changed:
			loaded.Reset(listLoads)
			continue
		case <-loaded.C:
			owed = r.owed()
		case <-minute.C:
		case <-ctx.Done():
			return
		}
		news := told.Near(owed, time.Now())
		if len(news) == 0 {
			continue
		}
		r.alerts.Add(news...)
		if err := r.desk.Remember(warnedMemory, told); err != nil {
			r.log.Error("store the recorded warnings", "error", err)
		}
	}
}

// listLoads is how long the page may take to load the list of orders.
const listLoads = 2 * time.Second

// owed returns the orders that the seller still has to deliver.
func (r reminder) owed() []api.Order {
	if !r.desk.SignedIn() {
		return nil
	}
	orders, err := r.desk.AllKnown()
	if err != nil {
		r.log.Error("read the due dates", "error", err)
	}
	return slices.DeleteFunc(orders, func(o api.Order) bool { return !alerts.Owed(o) })
}
