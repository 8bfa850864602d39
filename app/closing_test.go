package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/app"
	"handover/app/internal/notification"
	"handover/app/internal/tray"
	"handover/app/internal/windowstate"
)

// uploading starts an upload that does not end.
func uploading(t *testing.T, a app.Bound) {
	t.Helper()
	must[app.TransferList](t)(a.Transfers.SetLimits(app.Limits{Up: 1000, Parallel: 1}))
	path := filepath.Join(t.TempDir(), "film.mov")
	if err := os.WriteFile(path, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	must[app.Attached](t)(a.Drafts.Attach(find(t, a, "Wedding"), []string{path}))
}

func TestClosing(t *testing.T) {
	open := func(t *testing.T, w *window) (*app.Program, app.Bound) {
		p := program(t, t.TempDir(), w)
		if p.BeforeClose() {
			t.Error("it stays with nobody signed in")
		}
		a := p.Bound()
		must[app.State](t)(a.App.TryOut())
		if p.BeforeClose() {
			t.Error("it stays with nothing to do")
		}
		uploading(t, a)
		return p, a
	}
	t.Run("goes to the tray", func(t *testing.T) {
		w := &window{notes: make(chan notification.Popup, 10), symbol: &symbol{hosted: true, looks: make(chan tray.Look, 100)}}
		w.place = windowstate.Place{X: 70, Y: 90, Width: 900, Height: 600, Screens: []windowstate.Screen{{Width: 1280, Height: 800}}}
		p, _ := open(t, w)
		<-w.symbol.looks
		for range 2 {
			if !p.BeforeClose() {
				t.Error("it closed while it uploads")
			}
		}
		if n := <-w.notes; w.hidden != 2 || !strings.HasPrefix(n.Title, "Handover is still running") || len(w.notes) > 0 {
			t.Errorf("hidden %d times, told %+v and %d more", w.hidden, n, len(w.notes))
		}
		w.place.X, w.place.Y = 0, 0 // as the system likes
		w.symbol.pressed("open")
		if w.place.X != 70 || w.place.Y != 90 {
			t.Errorf("it came back at %d, %d", w.place.X, w.place.Y)
		}
		w.symbol.pressed("quit")
		if w.quits != 1 || p.BeforeClose() {
			t.Errorf("quit %d times", w.quits)
		}
	})
	t.Run("asks where there is no tray", func(t *testing.T) {
		w := &window{told: make(chan string, 1000)}
		p, a := open(t, w)
		asked := func() bool {
			for {
				select {
				case event := <-w.told:
					if event == "closing" {
						return true
					}
				default:
					return false
				}
			}
		}
		for range 2 {
			asked()
			if !p.BeforeClose() || !asked() {
				t.Error("it closed without asking")
			}
			a.App.KeepOpen()
		}
		if !p.BeforeClose() || p.BeforeClose() {
			t.Error("closed again while it asks, it stays")
		}
		a.App.KeepOpen()
		if err := a.App.Quit(); err != nil || w.quits != 1 || p.BeforeClose() || w.hidden > 0 {
			t.Errorf("quit %d times: %v", w.quits, err)
		}
	})
	t.Run("paused uploads keep nobody", func(t *testing.T) {
		p, a := open(t, &window{})
		must[app.TransferList](t)(a.Transfers.Pause("", ""))
		if p.BeforeClose() {
			t.Error("it stays with nothing that moves")
		}
	})
}

func TestTray(t *testing.T) {
	w := &window{symbol: &symbol{looks: make(chan tray.Look, 100)}}
	a := tryOut(t, w)
	until := func(state tray.State, text, item string) {
		t.Helper()
		for look := range w.symbol.looks {
			if look.State == state && look.Text == text && look.Items[3].Label == item {
				return
			}
		}
	}
	until(tray.Idle, "Nothing to upload", "Pause uploads")
	uploading(t, a)
	until(tray.Uploading, "Uploading", "Pause uploads")
	w.symbol.pressed("pause")
	until(tray.Idle, "Uploads are paused", "Resume uploads")
	if !must[app.TransferList](t)(a.Transfers.List()).Paused {
		t.Error("nothing is paused")
	}
	if err := a.App.Speak("de"); err != nil {
		t.Fatal(err)
	}
	until(tray.Idle, "Uploads sind angehalten", "Uploads fortsetzen")
	w.symbol.pressed("resume")
	until(tray.Uploading, "Lädt hoch", "Uploads anhalten")

	before := w.shown
	w.symbol.pressed("open")
	w.symbol.pressed("deliver")
	if got := must[app.Asked](t)(a.App.TakeAsked()); got != (app.Asked{Kind: "orders"}) || w.shown != before+2 {
		t.Errorf("asked for %+v, shown %d times", got, w.shown-before)
	}
}
