package shell

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"handover/app/internal/notification"
	"handover/app/internal/tray"
	"handover/frontend/messages"
)

// The keys of the tray's menu.
const (
	trayOpen    = tray.Open
	trayPause   = "pause"
	trayResume  = "resume"
	trayDeliver = "deliver"
	trayQuit    = "quit"
)

// appearance returns the tray's icon, text and menu for a state of the uploads.
func appearance(u Uploads, w messages.Catalog) tray.Look {
	l := tray.Look{State: tray.Idle, Text: w.Text("desktop_tray_idle", nil)}
	pause := tray.Item{Key: trayPause, Label: w.Text("desktop_tray_pause", nil)}
	switch {
	case u.Failed > 0:
		l.State, l.Text = tray.Problem, w.Text("desktop_tray_problem", nil)
	case u.Paused:
		l.Text = w.Text("desktop_tray_paused", nil)
	case u.Moving > 0:
		l.State, l.Text = tray.Uploading, w.Text("desktop_tray_uploading", nil)
	}
	if u.Paused {
		pause = tray.Item{Key: trayResume, Label: w.Text("desktop_tray_resume", nil)}
	}
	l.Items = []tray.Item{{Key: trayOpen, Label: w.Text("desktop_tray_open", nil)}, {Key: trayDeliver, Label: w.Text("desktop_tray_deliver", nil)}, {}, pause, {}, {Key: trayQuit, Label: w.Text("desktop_tray_quit", nil)}}
	return l
}

// icon is the tray icon and its current appearance.
type icon struct {
	shell *Shell
	tray  Tray // nil when the desktop has no place for it
	look  tray.Look
}

// showTray shows the tray icon.
func (s *Shell) showTray(u Uploads) icon {
	i := icon{shell: s, look: appearance(u, s.words())}
	shown, err := s.window.Tray(i.look, s.pressed)
	if err != nil {
		s.options.Log.Info("no tray icon", "error", err)
		return i
	}
	i.tray = shown
	s.parts.setTray(shown)
	return i
}

// update shows the state of the uploads if it changed.
func (i *icon) update(u Uploads) {
	now := appearance(u, i.shell.words())
	if i.tray == nil || (now.Text == i.look.Text && slices.Equal(now.Items, i.look.Items)) {
		return
	}
	i.look = now
	if err := i.tray.Set(now); err != nil {
		i.shell.options.Log.Warn("update the tray icon", "error", err)
	}
}

func (i *icon) close() {
	if i.tray == nil {
		return
	}
	if err := i.tray.Close(); err != nil {
		i.shell.options.Log.Warn("close the tray icon", "error", err)
	}
}

// followUploads updates the tray icon and keeps the computer awake until ctx ends.
// It reads the uploads at most once a second, and at least every 10 seconds because
// due dates come nearer.
func (s *Shell) followUploads(ctx context.Context, d Desk) {
	now := readUploads(d, s.options.Log)
	icon, awake := s.showTray(now), awake{shell: s, desk: d}
	defer icon.close()
	defer awake.end()
	second, often := time.NewTicker(time.Second), time.NewTicker(10*time.Second)
	defer second.Stop()
	defer often.Stop()
	for {
		icon.update(now)
		awake.update(now)
		select {
		case <-s.uploads:
		case <-often.C:
		case <-ctx.Done():
		}
		select {
		case <-second.C:
		case <-ctx.Done():
			return
		}
		now = readUploads(d, s.options.Log)
	}
}

// readUploads returns the state of the uploads and logs an error.
func readUploads(d Desk, log *slog.Logger) Uploads {
	u, err := d.Uploads()
	if err != nil {
		log.Error("read the uploads", "error", err)
	}
	return u
}

// UploadsChanged schedules an update of the tray and of the computer's sleep.
func (s *Shell) UploadsChanged() { s.uploads.Set() }

// pressed runs an item of the tray's menu.
func (s *Shell) pressed(key string) {
	var err error
	switch key {
	case trayOpen:
		s.bringUp()
	case trayDeliver:
		s.show(Request{Kind: ShowOrders})
	case trayPause:
		err = s.parts.currentDesk().PauseUploads()
	case trayResume:
		err = s.parts.currentDesk().ResumeUploads()
	case trayQuit:
		s.Quit()
	}
	if err != nil {
		s.options.Log.Error("run an item of the tray's menu", "pressed", key, "error", err)
	}
}

// trayMemory is the setting that records that the seller saw the explanation.
const trayMemory = "told_of_tray"

// explainTray tells the seller once that the program still runs without its window.
func (s *Shell) explainTray() {
	d, notifier := s.parts.currentDesk(), s.parts.currentNotifier()
	var told bool
	if err := d.Recall(trayMemory, &told); err != nil || told || notifier == nil {
		return
	}
	w := s.words()
	if err := notifier.Show(notification.Popup{Title: w.Text("desktop_stays_title", nil), Body: w.Text("desktop_stays_text", nil), Click: w.Text("desktop_open", nil)}); err != nil {
		return // not seen: explain it again next time
	}
	if err := d.Remember(trayMemory, true); err != nil {
		s.options.Log.Error("store that the tray was explained", "error", err)
	}
}
