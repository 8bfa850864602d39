// Package notification shows notifications through the desktop's service
// (org.freedesktop.Notifications) and reports clicks on them.
package notification

import (
	"context"
	"errors"
	"html"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// Popup is a notification. Its texts are plain text.
type Popup struct {
	Title  string
	Body   string
	Key    string // passed to chosen when the notification is clicked
	Urgent bool   // stays until the seller has seen it
	Click  string // label of the click action: "Open"
}

const (
	service = "org.freedesktop.Notifications"
	path    = "/org/freedesktop/Notifications"
	// patience is how long the service may take to respond.
	patience = 5 * time.Second
	// most limits the notifications whose clicks are awaited; the newest count.
	most = 100
)

// Desktop shows notifications on one desktop session.
type Desktop struct {
	bus    *dbus.Conn
	chosen func(key string)
	heard  sync.WaitGroup

	mu    sync.Mutex
	shown []shown
}

type shown struct {
	id  uint32
	key string
}

// Open connects to the session bus. Until Close returns, it calls chosen, one call at a
// time, with the keys of clicked notifications.
func Open(chosen func(key string)) (*Desktop, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, err
	}
	err = bus.AddMatchSignal(dbus.WithMatchInterface(service), dbus.WithMatchObjectPath(path))
	if err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	d := &Desktop{bus: bus, chosen: chosen}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	d.heard.Go(func() {
		for s := range signals { // closed with the bus
			d.hear(s)
		}
	})
	return d, nil
}

// Show shows a notification. It fails if the desktop has no notification service.
func (d *Desktop) Show(p Popup) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	can := d.capabilities(ctx)
	body := p.Body
	if slices.Contains(can, "body-markup") {
		body = html.EscapeString(body) // texts by others must not contain markup
	}
	var actions []string
	if slices.Contains(can, "actions") {
		actions = []string{"default", p.Click}
	}
	urgency := byte(1)
	if p.Urgent {
		urgency = 2
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency), "desktop-entry": dbus.MakeVariant("handover")}
	// Hold the lock during the call, because the click may come at once.
	d.mu.Lock()
	defer d.mu.Unlock()
	var id uint32
	err := d.bus.Object(service, path).CallWithContext(ctx, service+".Notify", 0,
		"Handover", uint32(0), "handover", p.Title, body, actions, hints, int32(-1)).Store(&id)
	if err != nil {
		return err
	}
	d.shown = append(d.shown, shown{id, p.Key})
	d.shown = d.shown[max(0, len(d.shown)-most):]
	return nil
}

// Close stops reporting clicks; notifications stay on the screen.
func (d *Desktop) Close() error {
	err := d.bus.Close()
	d.heard.Wait()
	return err
}

// capabilities asks the service each time, because another one may have started.
func (d *Desktop) capabilities(ctx context.Context) (list []string) {
	if err := d.bus.Object(service, path).CallWithContext(ctx, service+".GetCapabilities", 0).Store(&list); err != nil {
		return nil // Notify reports the error
	}
	return list
}

// hear reports a click on a notification of this program, and forgets closed notifications.
func (d *Desktop) hear(s *dbus.Signal) {
	if len(s.Body) == 0 {
		return
	}
	id, ok := s.Body[0].(uint32)
	if !ok {
		return
	}
	d.mu.Lock()
	i := slices.IndexFunc(d.shown, func(each shown) bool { return each.id == id })
	var key string
	if i >= 0 {
		key = d.shown[i].key
		if s.Name == service+".NotificationClosed" {
			d.shown = slices.Delete(d.shown, i, i+1)
		}
	}
	d.mu.Unlock()
	if i >= 0 && s.Name == service+".ActionInvoked" {
		d.chosen(key)
	}
}
