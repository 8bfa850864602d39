package sleep

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	// program is by which name the system knows who keeps it awake.
	program = "Handover"

	logind     = "org.freedesktop.login1"
	logindPath = "/org/freedesktop/login1"
	saver      = "org.freedesktop.ScreenSaver"
	saverPath  = "/org/freedesktop/ScreenSaver"
	// patience is how long the system may take to answer.
	patience = 5 * time.Second
)

// KeepAwake keeps the computer from going to sleep until release is called,
// and gives the system the reason, which it may show. It asks logind, and where
// that is not there or does not allow it, the desktop.
func KeepAwake(why string) (release func(), err error) {
	release, err = inhibitLogind(why)
	if err == nil {
		return release, nil
	}
	release, saverErr := inhibitSaver(why)
	if saverErr != nil {
		return nil, errors.Join(err, saverErr)
	}
	return release, nil
}

// inhibitLogind holds a lock of logind, which ends with its file.
func inhibitLogind(why string) (func(), error) {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var fd dbus.UnixFD
	err = bus.Object(logind, logindPath).CallWithContext(ctx, logind+".Manager.Inhibit", 0, "sleep:idle", program, why, "block").Store(&fd)
	if err != nil {
		return nil, err
	}
	lock := os.NewFile(uintptr(fd), "sleep lock")
	return sync.OnceFunc(func() { lock.Close() }), nil
}

// inhibitSaver asks the desktop, which forgets it when the connection ends.
func inhibitSaver(why string) (func(), error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var cookie uint32
	if err := bus.Object(saver, saverPath).CallWithContext(ctx, saver+".Inhibit", 0, program, why).Store(&cookie); err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	return sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		// Closing says the same to those that do not answer.
		_ = bus.Object(saver, saverPath).CallWithContext(ctx, saver+".UnInhibit", 0, cookie).Err
		bus.Close()
	}), nil
}

// Woken calls woke each time the computer has woken up, until the context ends.
// Where logind is not there it returns at once with the fault.
func Woken(ctx context.Context, woke func()) error {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return err
	}
	defer bus.Close()
	err = bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(logind), dbus.WithMatchObjectPath(logindPath),
		dbus.WithMatchInterface(logind+".Manager"), dbus.WithMatchMember("PrepareForSleep"))
	if err != nil {
		return err
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	for {
		select {
		case s, open := <-signals:
			if !open {
				return errors.New("the connection to the system ended")
			}
			if len(s.Body) == 1 && s.Body[0] == false { // true comes before it sleeps
				woke()
			}
		case <-ctx.Done():
			return nil
		}
	}
}
