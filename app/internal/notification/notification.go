// Package notification shows short notes on the desktop by the service that
// freedesktop.org specifies (org.freedesktop.Notifications), and hears when one
// is clicked.
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

// Popup is a note to show. Its texts are plain.
type Popup struct {
	Title  string
	Body   string
	Key    string // comes back when it is clicked
	Urgent bool   // stays until it is seen
	Click  string // what a click does, for those who list it: "Open"
}

const (
	service = "org.freedesktop.Notifications"
	path    = "/org/freedesktop/Notifications"
	// patience is how long the service may take.
	patience = 5 * time.Second
	// most is how many clicks are waited for; of more only the newest.
	most = 100
)

// Desktop shows notes on one desktop session.
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

// Open connects to the session's bus. chosen is called, one after the other,
// with the keys of notes that are clicked, until Close returns.
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

// Show shows a note. It fails when the desktop has no service for them.
func (d *Desktop) Show(p Popup) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	can := d.capabilities(ctx)
	body := p.Body
	if slices.Contains(can, "body-markup") {
		body = html.EscapeString(body) // what others wrote is no markup
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
	// Held over the call: the click may come at once.
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

// Close stops listening; what is shown stays.
func (d *Desktop) Close() error {
	err := d.bus.Close()
	d.heard.Wait()
	return err
}

// capabilities asks each time: the service may be another one meanwhile.
func (d *Desktop) capabilities(ctx context.Context) (list []string) {
	if err := d.bus.Object(service, path).CallWithContext(ctx, service+".GetCapabilities", 0).Store(&list); err != nil {
		return nil // Notify says what is wrong
	}
	return list
}

// hear passes a click on a note of ours on, and forgets what is closed.
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
