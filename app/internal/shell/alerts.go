package shell

import (
	"context"
	"slices"
	"time"

	"handover/app/internal/alerts"
	"handover/app/internal/notification"
	"handover/backend/api"
	"handover/backend/order"
)

// The settings of alerts.
const (
	mutedMemory  = "muted"  // kinds of news that are switched off
	warnedMemory = "warned" // due dates of which the seller was warned
)

func (s *Shell) newAlerts() *alerts.Alerts {
	return alerts.New(alerts.Options{
		Complete: s.complete, Wanted: s.wanted, Language: s.attention.speaks, Show: s.alert,
	})
}

// Hear takes an event of an order. It returns at once.
func (s *Shell) Hear(e order.Event) { s.alerts.Hear(e) }

// HoldAlerts ignores events until release is called.
func (s *Shell) HoldAlerts() (release func()) { return s.alerts.Hold() }

// wanted reports whether the seller wants an alert about the news.
func (s *Shell) wanted(n alerts.News) bool {
	muted, err := s.muted()
	if err != nil {
		s.options.Log.Error("read which news are off", "error", err)
	}
	return !slices.Contains(muted, n.Kind) && !s.attention.on(n.Order)
}

func (s *Shell) muted() (kinds []alerts.Kind, err error) {
	err = s.currentDesk().Recall(mutedMemory, &kinds)
	return kinds, err
}

// complete adds the order's title and buyer.
func (s *Shell) complete(ctx context.Context, n alerts.News) (alerts.News, bool) {
	d := s.currentDesk()
	o, found, err := d.Known(n.Order)
	if err == nil && !found {
		o, err = d.Fetch(ctx, n.Order)
	}
	if err != nil {
		s.options.Log.Warn("news of an unknown order", "order", n.Order, "error", err)
		return n, false
	}
	n.Title, n.Buyer = o.Title, o.Buyer.Name
	return n, true
}

// openNotifier connects to the notification service; nil when there is none.
func (s *Shell) openNotifier() Notifier {
	notifier, err := s.window.Notifier(s.clicked)
	if err != nil {
		s.options.Log.Info("the desktop shows no notifications", "error", err)
		return nil
	}
	return notifier
}

// alert shows an alert as a notification.
func (s *Shell) alert(a alerts.Alert) {
	notifier := s.currentNotifier()
	if notifier == nil {
		return
	}
	n := notification.Popup{Title: a.Title, Body: a.Body, Key: a.Order, Urgent: a.Urgent, Click: s.words().Text("desktop_open", nil)}
	if err := notifier.Show(n); err != nil {
		s.options.Log.Info("show a notification", "error", err)
	}
}

// clicked opens the subject of a notification: an order, or the list for "".
func (s *Shell) clicked(key string) {
	if key == "" {
		s.show(Request{Kind: ShowOrders})
		return
	}
	s.show(Request{Kind: ShowOrder, Order: key})
}

// remind warns of due dates until ctx ends. It compares the clock every minute: a
// timer for the due date would be late after sleep.
func (s *Shell) remind(ctx context.Context, d Desk) {
	told := alerts.Told{}
	if err := d.Recall(warnedMemory, &told); err != nil {
		s.options.Log.Error("read which due dates were told", "error", err)
	}
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	// The page loads the list of orders after a change; wait for it.
	loaded := time.NewTimer(listLoads)
	defer loaded.Stop()
	var owed []api.Order
	for {
		select {
		case <-s.dueDates:
			loaded.Reset(listLoads)
			continue
		case <-loaded.C:
			owed = s.owed(d)
		case <-minute.C:
		case <-ctx.Done():
			return
		}
		news := told.Near(owed, time.Now())
		if len(news) == 0 {
			continue
		}
		s.alerts.Add(news...)
		if err := d.Remember(warnedMemory, told); err != nil {
			s.options.Log.Error("store which due dates were told", "error", err)
		}
	}
}

// listLoads is how long the page may take to load the list of orders.
const listLoads = 2 * time.Second

// owed returns the orders that the seller still has to deliver.
func (s *Shell) owed(d Desk) []api.Order {
	if !d.SignedIn() {
		return nil
	}
	orders, err := d.AllKnown()
	if err != nil {
		s.options.Log.Error("read the due dates", "error", err)
	}
	return slices.DeleteFunc(orders, func(o api.Order) bool { return !alerts.Owed(o) })
}

// OrdersChanged schedules a check of the due dates.
func (s *Shell) OrdersChanged() { s.dueDates.Set() }
