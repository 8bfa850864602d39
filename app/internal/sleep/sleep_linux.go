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
	// program is the name under which the system lists the lock.
	program = "Handover"

	logind     = "org.freedesktop.login1"
	logindPath = "/org/freedesktop/login1"
	saver      = "org.freedesktop.ScreenSaver"
	saverPath  = "/org/freedesktop/ScreenSaver"
	// patience is how long the system may take to respond.
	patience = 5 * time.Second
)

// KeepAwake prevents sleep until release is called, and gives the system the reason. It uses
// logind, or the desktop if logind is missing or refuses.
func KeepAwake(why string) (release func(), err error) {
	release, err = inhibitLogind(why)
	if err != nil {
		var saverErr error
		if release, saverErr = inhibitSaver(why); saverErr != nil {
			return nil, errors.Join(err, saverErr)
		}
	}
	return release, nil
}

// inhibitLogind takes a lock of logind, which ends when its file is closed.
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

// inhibitSaver asks the desktop, whose lock ends with the connection.
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
		// For services that do not respond, closing the connection has the same effect.
		_ = bus.Object(saver, saverPath).CallWithContext(ctx, saver+".UnInhibit", 0, cookie).Err
		bus.Close()
	}), nil
}

// Woken calls woke each time the computer has woken up, until the context ends. Without
// logind it returns an error at once.
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
			if len(s.Body) == 1 && s.Body[0] == false { // true is sent before sleep
				woke()
			}
		case <-ctx.Done():
			return nil
		}
	}
}
