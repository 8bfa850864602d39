package sleep_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"handover/app/internal/bustest"
	"handover/app/internal/sleep"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// logind hands out locks: the test holds the other end of each.
type logind struct {
	refuses bool
	asked   chan []string
	lock    dbus.UnixFD
}

func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if l.refuses {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", nil)
	}
	l.asked <- []string{what, who, why, mode}
	return l.lock, nil
}

// saver is the desktop's.
type saver struct{ held, freed chan uint32 }

func (s *saver) Inhibit(_, _ string) (uint32, *dbus.Error) { s.held <- 7; return 7, nil }
func (s *saver) UnInhibit(cookie uint32) *dbus.Error       { s.freed <- cookie; return nil }

func own(t *testing.T, bus *dbus.Conn, name, path, face string, object any) {
	t.Helper()
	if err := bus.Export(object, dbus.ObjectPath(path), face); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, 0); err != nil {
		t.Fatal(err)
	}
}

func TestLogindKeepsAwake(t *testing.T) {
	bus := bustest.Start(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	l := &logind{asked: make(chan []string, 1), lock: dbus.UnixFD(writer.Fd())}
	own(t, bus, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", l)
	release, err := sleep.KeepAwake("a delivery is due")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-l.asked; !slices.Equal(got, []string{"sleep:idle", "Handover", "a delivery is due", "block"}) {
		t.Errorf("asked for %q", got)
	}
	// Only what was handed out still holds the pipe open.
	writer.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := reader.Read(make([]byte, 1))
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("the lock is gone before it is released: %v", err)
	default:
	}
	release()
	release()
	if err := <-ended; err == nil {
		t.Error("somebody wrote to the lock")
	}
}

// Where logind does not allow it, the desktop is asked.
func TestDesktopKeepsAwake(t *testing.T) {
	for name, withLogind := range map[string]bool{"no logind": false, "logind refuses": true} {
		t.Run(name, func(t *testing.T) {
			bus := bustest.Start(t)
			if withLogind {
				own(t, bus, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", &logind{refuses: true})
			}
			s := &saver{make(chan uint32, 1), make(chan uint32, 1)}
			own(t, bus, "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", s)
			release, err := sleep.KeepAwake("a delivery is due")
			if err != nil {
				t.Fatal(err)
			}
			held := <-s.held
			release()
			if freed := <-s.freed; freed != held {
				t.Errorf("freed %d, held %d", freed, held)
			}
		})
	}
}

func TestNobodyKeepsAwake(t *testing.T) {
	bustest.Start(t)
	if release, err := sleep.KeepAwake("a delivery is due"); err == nil {
		release()
		t.Error("somebody answered")
	}
}

func TestWoken(t *testing.T) {
	bus := bustest.Start(t)
	own(t, bus, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", &logind{})
	woke := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- sleep.Woken(ctx, func() {
			select {
			case woke <- struct{}{}:
			default:
			}
		})
	}()
	// Signals before it listens are lost, so they are sent until one arrives.
	for heard := false; !heard; {
		for _, before := range []bool{true, false} {
			if err := bus.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", before); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-woke:
			heard = true
		default:
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
