package app_test

import (
	"errors"
	"log/slog"
	"testing"

	"handover/app"
)

// installation records its calls.
type installation struct {
	links chan struct{}
	on    bool
	fault error
}

func (i *installation) Links() error                 { i.links <- struct{}{}; return nil }
func (i *installation) StartsAtLogin() (bool, error) { return i.on, i.fault }
func (i *installation) StartAtLogin(on bool) error   { i.on = on; return i.fault }

func TestInstallation(t *testing.T) {
	in := &installation{links: make(chan struct{}, 1)}
	p := app.New(app.Options{Home: t.TempDir(), Version: "test", Log: slog.New(slog.DiscardHandler), Installation: in})
	p.Start(&window{})
	defer p.Stop()
	<-in.links
	a := p.Bound()
	for _, on := range []bool{true, false} {
		if got := must[app.Startup](t)(a.App.SetStartup(on)); got != (app.Startup{Available: true, On: on}) {
			t.Errorf("set to %v: %+v", on, got)
		}
	}
	in.fault = errors.New("no room")
	if _, err := a.App.SetStartup(true); err == nil {
		t.Error("a fault was not told")
	}
	if _, err := a.App.Startup(); err == nil {
		t.Error("a fault was not told")
	}
}

// Links and the start at sign-in open only the seller's own data folder.
func TestNotInstalled(t *testing.T) {
	a := program(t, t.TempDir(), &window{}).Bound()
	if got := must[app.Startup](t)(a.App.SetStartup(true)); got != (app.Startup{}) {
		t.Errorf("set: %+v", got)
	}
}
