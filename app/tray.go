package app

import (
	"slices"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/notification"
	"handover/app/internal/transfer"
	"handover/app/internal/tray"
)

// Tray is the program's symbol beside the clock.
type Tray interface {
	Set(look tray.Look) error
	// Hosted reports whether it can be seen now.
	Hosted() bool
	Close() error
}

// The keys of the symbol's menu.
const (
	trayOpen    = tray.Open
	trayPause   = "pause"
	trayResume  = "resume"
	trayDeliver = "deliver"
	trayQuit    = "quit"
)

// trayWords are the words of the symbol in one language.
type trayWords struct {
	idle, uploading, paused, problem     string
	open, pause, resume, deliver, quit   string
	goesOn, goesOnText, openClick, awake string
}

var trayTexts = map[bool]trayWords{ // whether in German
	false: {
		idle: "Nothing to upload", uploading: "Uploading", paused: "Uploads are paused", problem: "A file cannot be uploaded",
		open: "Open Handover", pause: "Pause uploads", resume: "Resume uploads", deliver: "Deliver…", quit: "Quit",
		goesOn: "Handover goes on", goesOnText: "It uploads while its window is closed. Open or quit it by the symbol beside the clock.", openClick: "Open",
		awake: "Work that is due is being uploaded: ",
	},
	true: {
		idle: "Nichts hochzuladen", uploading: "Lädt hoch", paused: "Uploads sind angehalten", problem: "Eine Datei kann nicht hochgeladen werden",
		open: "Handover öffnen", pause: "Uploads anhalten", resume: "Uploads fortsetzen", deliver: "Liefern …", quit: "Beenden",
		goesOn: "Handover macht weiter", goesOnText: "Es lädt hoch, während sein Fenster geschlossen ist. Öffne oder beende es über das Symbol neben der Uhr.", openClick: "Öffnen",
		awake: "Fällige Arbeit wird hochgeladen: ",
	},
}

func (p *Program) words() trayWords { return trayTexts[p.attention.speaks() == "de"] }

// look is how the symbol looks for the uploads.
func (p *Program) look(t desk.Transfers) tray.Look {
	w := p.words()
	l := tray.Look{State: tray.Idle, Text: w.idle}
	pause := tray.Item{Key: trayPause, Label: w.pause}
	moving, problems := count(t)
	switch {
	case problems > 0:
		l.State, l.Text = tray.Problem, w.problem
	case t.Paused:
		l.Text = w.paused
	case moving > 0:
		l.State, l.Text = tray.Uploading, w.uploading
	}
	if t.Paused {
		pause = tray.Item{Key: trayResume, Label: w.resume}
	}
	l.Items = []tray.Item{{Key: trayOpen, Label: w.open}, {Key: trayDeliver, Label: w.deliver}, {}, pause, {}, {Key: trayQuit, Label: w.quit}}
	return l
}

// count counts the files that are on their way, and those with a problem.
func count(t desk.Transfers) (moving, problems int) {
	for _, each := range t.List {
		switch each.State {
		case "":
			problems++
		case transfer.Paused:
		default:
			moving++
		}
	}
	return moving, problems
}

// symbol is the one beside the clock, and how it looks now.
type symbol struct {
	tray Tray // nil for none
	look tray.Look
}

// showTray puts the symbol up.
func (p *Program) showTray(t desk.Transfers) symbol {
	s := symbol{look: p.look(t)}
	shown, err := p.window.Tray(s.look, p.pressed)
	if err != nil {
		p.options.Log.Info("there is no symbol beside the clock", "error", err)
		return s
	}
	s.tray = shown
	p.mu.Lock()
	p.tray = shown
	p.mu.Unlock()
	return s
}

// update makes it true for the uploads as they are.
func (s *symbol) update(p *Program, t desk.Transfers) {
	look := p.look(t)
	if s.tray == nil || (look.Text == s.look.Text && slices.Equal(look.Items, s.look.Items)) {
		return
	}
	s.look = look
	if err := s.tray.Set(look); err != nil {
		p.options.Log.Warn("the symbol beside the clock", "error", err)
	}
}

// followUploads keeps the symbol true and the computer awake until the program
// stops.
func (p *Program) followUploads() {
	uploads := func() desk.Transfers {
		t, err := p.desk.Transfers()
		if err != nil {
			p.options.Log.Error("read the uploads", "error", err)
		}
		return t
	}
	now := uploads()
	symbol := p.showTray(now)
	awake := awake{p: p}
	second, often := time.NewTicker(time.Second), time.NewTicker(10*time.Second)
	defer second.Stop()
	defer often.Stop()
	for {
		symbol.update(p, now)
		awake.update(now)
		select {
		case <-p.uploads:
		case <-often.C: // a due date comes nearer
		case <-p.ctx.Done():
		}
		select { // uploads move on more often
		case <-second.C:
		case <-p.ctx.Done():
			awake.end()
			if symbol.tray != nil {
				symbol.tray.Close()
			}
			return
		}
		now = uploads()
	}
}

// uploadsMoved has what depends on the uploads looked at again.
func (p *Program) uploadsMoved() {
	select {
	case p.uploads <- struct{}{}:
	default:
	}
}

// pressed does what was clicked in the symbol's menu.
func (p *Program) pressed(key string) {
	var err error
	switch key {
	case trayOpen:
		p.bringUp()
	case trayDeliver:
		p.show(Asked{Kind: askedOrders})
	case trayPause:
		err = p.desk.Pause("", "")
	case trayResume:
		err = p.desk.Resume("", "")
	case trayQuit:
		p.quit()
	}
	if err != nil {
		p.options.Log.Error("the menu of the symbol beside the clock", "pressed", key, "error", err)
	}
}

// tellOfTray says once that the program goes on without its window.
func (p *Program) tellOfTray() {
	var told bool
	if err := p.desk.Recall(trayMemory, &told); err != nil || told || p.popups == nil {
		return
	}
	w := p.words()
	if err := p.popups.Show(notification.Popup{Title: w.goesOn, Body: w.goesOnText, Click: w.openClick}); err != nil {
		return // nobody saw it
	}
	if err := p.desk.Remember(trayMemory, true); err != nil {
		p.options.Log.Error("keep that the symbol was explained", "error", err)
	}
}

const trayMemory = "told_of_tray"
