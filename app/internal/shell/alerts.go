package shell

import (
	"context"
	"slices"

	"handover/app/internal/alerts"
	"handover/app/internal/notification"
	"handover/backend/order"
)

// The settings of alerts.
const (
	mutedMemory  = "muted"  // kinds of news that are switched off
	warnedMemory = "warned" // due dates of which the seller was warned
)

// Hear takes an event of an order. It returns at once.
func (s *Shell) Hear(e order.Event) { s.alerts.Hear(e) }

// HoldAlerts ignores events until release is called.
func (s *Shell) HoldAlerts() (release func()) { return s.alerts.Hold() }

// wanted reports whether the seller wants an alert about the news.
func (s *Shell) wanted(n alerts.News) bool {
	off, err := muted(s.parts.currentDesk())
	if err != nil {
		s.options.Log.Error("read the disabled kinds of news", "error", err)
	}
	return !slices.Contains(off, n.Kind) && !s.attention.on(n.Order)
}

// muted returns the kinds of news that are switched off.
func muted(d Desk) (kinds []alerts.Kind, err error) {
	err = d.Recall(mutedMemory, &kinds)
	return kinds, err
}

// complete adds the order's title and buyer.
func (s *Shell) complete(ctx context.Context, n alerts.News) (alerts.News, bool) {
	d := s.parts.currentDesk()
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

// openNotifier connects to the notification service; nil if that fails.
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
	notifier := s.parts.currentNotifier()
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

// OrdersChanged schedules a check of the due dates.
func (s *Shell) OrdersChanged() { s.dueDates.Set() }
