package shell_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"handover/app/internal/notification"
	"handover/app/internal/shell"
	"handover/app/internal/tray"
	"handover/app/internal/windowstate"
	"handover/backend/api"
	"handover/backend/order"
)

// window records the shell's calls.
type window struct {
	place  windowstate.Place
	icon   *icon                   // nil for a desktop without a tray
	notes  chan notification.Popup // nil for a desktop without notifications
	awake  chan string             // why the computer stays awake, "" when it may sleep
	events []string
	shown  int
	hidden int
	quits  int
}

func (w *window) Emit(event string, _ ...any) { w.events = append(w.events, event) }
func (w *window) Show()                       { w.shown++ }
func (w *window) Hide()                       { w.hidden++ }
func (w *window) Quit()                       { w.quits++ }
func (w *window) Place() windowstate.Place    { return w.place }
func (w *window) Move(x, y int)               { w.place.X, w.place.Y = x, y }

func (w *window) Notifier(func(string)) (shell.Notifier, error) {
	if w.notes == nil {
		return nil, errors.New("no service")
	}
	return notes(w.notes), nil
}

func (w *window) Tray(look tray.Look, pressed func(string)) (shell.Tray, error) {
	if w.icon == nil {
		return nil, errors.New("no bar")
	}
	w.icon.pressed = pressed
	w.icon.looks <- look
	return w.icon, nil
}

func (w *window) KeepAwake(why string) (func(), error) {
	if w.awake == nil {
		return nil, errors.New("not allowed")
	}
	w.awake <- why
	return func() { w.awake <- "" }, nil
}

type notes chan notification.Popup

func (n notes) Show(p notification.Popup) error { n <- p; return nil }
func (n notes) Close() error                    { return nil }

type icon struct {
	looks   chan tray.Look
	pressed func(key string)
}

func (i *icon) Set(look tray.Look) error { i.looks <- look; return nil }
func (i *icon) Hosted() bool             { return true }
func (i *icon) Close() error             { return nil }

// desk is a signed-in seller's work.
type desk struct {
	mu       sync.Mutex
	uploads  shell.Uploads
	orders   []api.Order
	settings map[string][]byte
	follows  bool // a work folder
	out      bool // signed out
}

func (d *desk) SignedIn() bool      { return !d.out }
func (d *desk) FollowsFolder() bool { return d.follows }
func (d *desk) Reconnect()          {}

func (d *desk) Uploads() (shell.Uploads, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.uploads, nil
}

func (d *desk) set(u shell.Uploads) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uploads = u
}

func (d *desk) pause(paused bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uploads.Paused = paused
	return nil
}

func (d *desk) PauseUploads() error  { return d.pause(true) }
func (d *desk) ResumeUploads() error { return d.pause(false) }

func (d *desk) Known(id string) (api.Order, bool, error) {
	for _, o := range d.orders {
		if o.ID == id {
			return o, true, nil
		}
	}
	return api.Order{}, false, nil
}

func (d *desk) AllKnown() ([]api.Order, error) { return append([]api.Order(nil), d.orders...), nil }

func (d *desk) Fetch(context.Context, string) (api.Order, error) {
	return api.Order{}, &order.Error{Code: order.NotFound}
}

func (d *desk) Recall(name string, v any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if raw, ok := d.settings[name]; ok {
		return json.Unmarshal(raw, v)
	}
	return nil
}

func (d *desk) Remember(name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.settings == nil {
		d.settings = map[string][]byte{}
	}
	d.settings[name] = raw
	return nil
}

// open returns a shell with its window, started unless d is nil.
func open(t *testing.T, w *window, d *desk) (s *shell.Shell, home string) {
	t.Helper()
	home = t.TempDir()
	s = shell.New(shell.Options{Home: home, Log: slog.New(slog.DiscardHandler)})
	s.SetWindow(w)
	ctx, cancel := context.WithCancel(context.Background())
	if d != nil {
		s.Start(ctx, d)
	}
	t.Cleanup(func() { cancel(); s.Close() })
	return s, home
}

func TestWorkKeepsTheProgram(t *testing.T) {
	for name, c := range map[string]struct {
		desk *desk
		want bool
	}{
		"no desk yet":    {nil, false},
		"nothing to do":  {&desk{}, false},
		"uploads":        {&desk{uploads: shell.Uploads{Moving: 1}}, true},
		"only problems":  {&desk{uploads: shell.Uploads{Failed: 1}}, false},
		"a work folder":  {&desk{follows: true}, true},
		"not signed in":  {&desk{follows: true, out: true}, false},
		"paused uploads": {&desk{uploads: shell.Uploads{Paused: true}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := &window{}
			if s, _ := open(t, w, c.desk); s.BeforeClose() != c.want {
				t.Errorf("stays: %v", !c.want)
			}
			if asked := len(w.events) == 1 && w.events[0] == "closing"; asked != c.want {
				t.Errorf("told the page %q", w.events)
			}
		})
	}
}

func TestLooks(t *testing.T) {
	w := &window{icon: &icon{looks: make(chan tray.Look, 10)}}
	d := &desk{}
	s, _ := open(t, w, d)
	for _, c := range []struct {
		uploads shell.Uploads
		state   tray.State
		text    string
		pause   string
	}{
		{shell.Uploads{}, tray.Idle, "Nothing to upload", "pause"},
		{shell.Uploads{Moving: 2}, tray.Uploading, "Uploading", "pause"},
		{shell.Uploads{Moving: 2, Failed: 1}, tray.Problem, "A file cannot be uploaded", "pause"},
		{shell.Uploads{Moving: 2, Paused: true}, tray.Idle, "Uploads are paused", "resume"},
	} {
		d.set(c.uploads)
		s.UploadsChanged()
		if l := <-w.icon.looks; l.State != c.state || l.Text != c.text || l.Items[3].Key != c.pause {
			t.Errorf("%+v looks like %+v", c.uploads, l)
		}
	}
}

func TestUrgentUploads(t *testing.T) {
	due := func(id string, left time.Duration, status order.Status) api.Order {
		return api.Order{ID: id, Title: "Order " + id, Status: status, DueAt: time.Now().Add(left)}
	}
	w := &window{awake: make(chan string, 10)}
	d := &desk{orders: []api.Order{
		due("far", 2*time.Hour, order.Active), due("near", 50*time.Minute, order.Active),
		due("late", -time.Hour, order.InRevision), due("done", time.Minute, order.Delivered),
	}}
	s, _ := open(t, w, d)
	for _, c := range []struct {
		running []string
		want    string
	}{
		{[]string{"far", "done", "unknown", "near"}, "Work that is due is being uploaded: Order near"},
		{[]string{"far", "done", "unknown"}, ""},
		{[]string{"late"}, "Work that is due is being uploaded: Order late"},
		{nil, ""},
	} {
		d.set(shell.Uploads{Moving: len(c.running), Running: c.running})
		s.UploadsChanged()
		if why := <-w.awake; why != c.want {
			t.Errorf("%v: %q, want %q", c.running, why, c.want)
		}
	}
}
