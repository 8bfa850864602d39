//go:build linux

package notification_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"handover/app/internal/bustest"
	"handover/app/internal/notification"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is the desktop's service.
type server struct {
	can []string
	bus *dbus.Conn

	mu    sync.Mutex
	shown []note
}

type note struct {
	app, icon, title, body string
	actions                []string
	urgency                byte
}

func serve(t *testing.T, can ...string) *server {
	t.Helper()
	s := &server{can: can, bus: bustest.Start(t)}
	if err := s.bus.Export(s, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.bus.RequestName("org.freedesktop.Notifications", 0); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

func (s *server) Notify(app string, _ uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	urgency, _ := hints["urgency"].Value().(byte)
	s.shown = append(s.shown, note{app, icon, title, body, actions, urgency})
	return uint32(len(s.shown)), nil
}

func (s *server) notes() []note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

func (s *server) emit(t *testing.T, name string, body ...any) {
	t.Helper()
	if err := s.bus.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications."+name, body...); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) (*notification.Desktop, chan string) {
	t.Helper()
	chosen := make(chan string, 10)
	d, err := notification.Open(func(key string) { chosen <- key })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, chosen
}

func TestShownAndClicked(t *testing.T) {
	s := serve(t, "actions", "body", "body-markup")
	d, chosen := open(t)
	for _, p := range []notification.Popup{
		{Title: "One & <two>", Body: `<b>"bold"</b> & more`, Key: "a", Click: "Open"},
		{Title: "Two", Key: "b", Click: "Open", Urgent: true},
	} {
		if err := d.Show(p); err != nil {
			t.Fatal(err)
		}
	}
	want := []note{
		{"Handover", "handover", "One & <two>", "&lt;b&gt;&#34;bold&#34;&lt;/b&gt; &amp; more", []string{"default", "Open"}, 1},
		{"Handover", "handover", "Two", "", []string{"default", "Open"}, 2},
	}
	for i, n := range s.notes() {
		if n.title != want[i].title || n.body != want[i].body || !slices.Equal(n.actions, want[i].actions) || n.urgency != want[i].urgency || n.app != want[i].app || n.icon != want[i].icon {
			t.Errorf("shown %+v, want %+v", n, want[i])
		}
	}
	s.emit(t, "ActionInvoked", uint32(99), "default") // somebody else's
	s.emit(t, "ActionInvoked", "no number", "default")
	s.emit(t, "ActionInvoked")
	s.emit(t, "ActionInvoked", uint32(2), "default")
	if key := <-chosen; key != "b" {
		t.Errorf("clicked %q", key)
	}
	s.emit(t, "NotificationClosed", uint32(2), uint32(2))
	s.emit(t, "ActionInvoked", uint32(2), "default")
	s.emit(t, "ActionInvoked", uint32(1), "default")
	if key := <-chosen; key != "a" {
		t.Errorf("clicked %q, the note of another one meanwhile", key)
	}
}

// A plain service shows text as it is, and has nothing to click.
func TestPlainService(t *testing.T) {
	s := serve(t, "body")
	d, _ := open(t)
	if err := d.Show(notification.Popup{Title: "T", Body: "a & b", Click: "Open"}); err != nil {
		t.Fatal(err)
	}
	if n := s.notes()[0]; n.body != "a & b" || len(n.actions) > 0 {
		t.Errorf("shown %+v", n)
	}
}

func TestNoService(t *testing.T) {
	bustest.Start(t)
	d, _ := open(t)
	if err := d.Show(notification.Popup{Title: "T"}); err == nil {
		t.Error("shown by nobody")
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if d, err := notification.Open(func(string) {}); err == nil {
		d.Close()
		t.Error("connected to nothing")
	}
}
