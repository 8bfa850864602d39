// Package shell connects the window to the desktop around it: the tray icon,
// notifications, sleep, the window's place, closing to the tray, links, the file
// manager, and the start at sign-in. The window and the seller's work are passed
// in as interfaces, so the package also runs without Wails and without a server.
package shell

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"

	"handover/app/internal/alerts"
	"handover/app/internal/change"
	"handover/app/internal/sleep"
)

// Options configure a [Shell].
type Options struct {
	Home string // data folder; holds the window's place
	Log  *slog.Logger
	// Installation is nil for a data folder that is not the seller's own.
	Installation Installation
	// OpenFolder opens a folder in the file manager and returns a function that
	// waits for the file manager's process. nil selects the system's own.
	OpenFolder func(ctx context.Context, dir string) (wait func() error, err error)
}

// Shell connects one window to the desktop. Calls come in this order: New,
// Arguments, SetWindow, Start, Close. Methods that use the window need SetWindow
// before; methods that use the desk need Start before.
type Shell struct {
	options Options
	window  Window // set by SetWindow

	place     place
	requests  requests
	attention attention
	alerts    *alerts.Alerts
	tasks     sync.WaitGroup
	dueDates  change.Signal // due dates may have changed
	uploads   change.Signal // uploads may have changed

	away     atomic.Bool // the window is hidden
	quitting atomic.Bool // the program is about to end
	asking   atomic.Bool // the page asks the seller whether to quit

	parts parts
}

// parts are what the shell connects. Start sets them while the window is in use.
type parts struct {
	mu       sync.Mutex
	desk     Desk     // nil before Start
	notifier Notifier // nil when the desktop shows no notifications
	tray     Tray     // nil when the desktop has no place for it
}

// New returns a shell without a window. It opens nothing, because the code before
// the window's start also runs while the bindings are generated.
func New(o Options) *Shell {
	if o.OpenFolder == nil {
		o.OpenFolder = OpenFolder
	}
	s := &Shell{options: o, place: place{filepath.Join(o.Home, "window.json"), o.Log}, dueDates: change.NewSignal(), uploads: change.NewSignal()}
	s.alerts = alerts.New(alerts.Options{
		Complete: s.complete, Wanted: s.wanted, Language: s.attention.speaks, Show: s.alert,
	})
	return s
}

// SetWindow sets the window. It is called once, before any method that uses the
// window.
func (s *Shell) SetWindow(w Window) { s.window = w }

// Start connects the shell to the desk and starts the background tasks, which end
// with ctx. It is called at most once.
func (s *Shell) Start(ctx context.Context, d Desk) {
	notifier := s.openNotifier()
	s.parts.start(d, notifier)
	var language string
	if d.Recall(languageMemory, &language) == nil {
		s.attention.setLanguage(language)
	}
	s.tasks.Go(func() { s.alerts.Run(ctx) })
	s.tasks.Go(func() { reminder{d, s.alerts, s.dueDates, s.options.Log}.run(ctx) })
	s.tasks.Go(func() { s.followUploads(ctx, d) })
	s.tasks.Go(func() { s.followSleep(ctx, d) })
	s.tasks.Go(func() { registerLinks(s.options.Installation, s.options.Log) })
}

// Close waits for the background tasks, whose context must have ended, and closes
// the connection to the notification service.
func (s *Shell) Close() {
	s.tasks.Wait()
	notifier := s.parts.currentNotifier()
	if notifier == nil {
		return
	}
	if err := notifier.Close(); err != nil {
		s.options.Log.Warn("close the notification service", "error", err)
	}
}

// followSleep reconnects the desk when the computer wakes up, on systems that
// report it.
func (s *Shell) followSleep(ctx context.Context, d Desk) {
	if err := sleep.Woken(ctx, d.Reconnect); err != nil {
		s.options.Log.Info("the system does not report wake-ups; the clock detects them", "error", err)
	}
}

func (p *parts) start(d Desk, n Notifier) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.desk, p.notifier = d, n
}

func (p *parts) setTray(t Tray) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tray = t
}

// currentDesk returns the desk, nil before Start.
func (p *parts) currentDesk() Desk {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.desk
}

func (p *parts) currentNotifier() Notifier {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notifier
}

func (p *parts) currentTray() Tray {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tray
}
