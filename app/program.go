package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/shell"
	"handover/app/internal/trial"
)

// Window is the program's window.
type Window interface {
	// OpenFiles asks the seller for files; none when the seller cancels.
	OpenFiles() ([]string, error)
	// OpenFolder asks the seller for a folder; none when the seller cancels.
	OpenFolder() ([]string, error)
	// SaveFile asks the seller where to save a file and suggests its name; "" when
	// the seller cancels.
	SaveFile(name string) (string, error)
	// OpenURL opens an address in the browser.
	OpenURL(url string)
	shell.Window
}

// Trial is a server inside this program.
type Trial = trial.Server

// Options configure a [Program].
type Options struct {
	Home    string // data folder: drafts and sign-in
	Version string
	Log     *slog.Logger
	// StartTrial starts a server inside this program on a data folder.
	StartTrial func(dir string) (Trial, error)
	// OpenFolder opens a folder in the file manager and returns a function that
	// waits for the file manager's process. nil selects the system's own.
	OpenFolder func(ctx context.Context, dir string) (wait func() error, err error)
	// Installation is nil for a data folder that is not the seller's own.
	Installation shell.Installation
}

// Program is the desk behind a window, from the window's start to its end.
type Program struct {
	options Options
	ready   chan struct{} // closed once Start has ended
	// domReady runs once, when the page has loaded for the first time.
	domReady sync.Once

	// Set by Start; read after ready is closed.
	window Window
	ctx    context.Context
	cancel context.CancelFunc

	opening sync.Mutex
	desk    *desk.Desk // nil until it is open

	shell   *shell.Shell
	trial   *trial.Trial
	changes *change.Pending[change.Change]
	imports imports
	pump    sync.WaitGroup
}

// New returns a program that waits for its window. It opens nothing.
func New(o Options) *Program {
	return &Program{
		options: o, ready: make(chan struct{}), changes: change.NewPending[change.Change](),
		shell: shell.New(shell.Options{Home: o.Home, Log: o.Log, Installation: o.Installation, OpenFolder: o.OpenFolder}),
		trial: trial.New(filepath.Join(o.Home, "trial"), o.StartTrial),
	}
}

// Bound returns the methods that the page can call.
func (p *Program) Bound() Bound {
	return Bound{App: &App{p}, Orders: &Orders{p}, Drafts: &Drafts{p}, Transfers: &Transfers{p}, Folder: &Folder{p}}
}

// parallel is how many files are uploaded at once.
const parallel = 3

// Start opens the desk for the window. If that fails, the next call of the page
// tries again and returns the error.
func (p *Program) Start(w Window) {
	defer close(p.ready)
	p.window = w
	p.shell.SetWindow(w)
	p.options.Log.Info("the window opens", "version", p.options.Version)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if _, err := p.openDesk(); err != nil {
		p.options.Log.Error("the desk did not open", "error", err)
	}
}

// Stop ends everything. Unfinished uploads and deliveries continue at the next
// start.
func (p *Program) Stop() {
	<-p.ready
	p.cancel()
	p.opening.Lock() // from here on openDesk sees the cancelled context
	defer p.opening.Unlock()
	p.pump.Wait()
	p.shell.Close()
	if p.desk != nil {
		if err := p.desk.Close(); err != nil {
			p.options.Log.Error("the desk did not close", "error", err)
		}
	}
	if err := p.trial.Stop(); err != nil {
		p.options.Log.Error("the trial's server did not stop", "error", err)
	}
}

// open waits for the window to start and returns the desk. It tries again to open
// a desk that was not opened before, such as while the command line held it.
func (p *Program) open() (*desk.Desk, error) {
	<-p.ready
	d, err := p.openDesk()
	if err != nil {
		return nil, problem.Explain(err)
	}
	return d, nil
}

func (p *Program) openDesk() (*desk.Desk, error) {
	p.opening.Lock()
	defer p.opening.Unlock()
	if p.desk != nil || p.ctx.Err() != nil {
		return p.desk, p.ctx.Err()
	}
	d, err := desk.Open(desk.Options{
		Home: p.options.Home, Parallel: parallel, Background: true, Listen: func(c change.Change) { p.changes.Add(c) }, Happened: p.shell.Hear, Log: p.options.Log,
	})
	if err != nil {
		return nil, err
	}
	p.desk = d
	if s, _ := d.Session.Current(); s.Trial {
		if err := p.trial.Resume(trialSeller{d}); err != nil {
			p.options.Log.Error("the trial did not start again", "error", err)
		}
	}
	p.shell.Start(p.ctx, shellDesk{d})
	p.pump.Go(p.pumpChanges)
	return d, nil
}

// opened waits for an opening in progress and returns the desk; nil if it is not
// open.
func (p *Program) opened() *desk.Desk {
	p.opening.Lock()
	defer p.opening.Unlock()
	return p.desk
}

// BeforeClose is called before the window closes and returns whether it stays open.
func (p *Program) BeforeClose() bool {
	<-p.ready
	p.opened() // now the shell has the desk and can ask it for uploads
	return p.shell.BeforeClose()
}

// StartedAgain handles the arguments of a second start while this program runs.
func (p *Program) StartedAgain(args []string) {
	<-p.ready
	p.shell.StartedAgain(args)
}

// restorePlace moves the window to its last position.
func (p *Program) restorePlace() {
	<-p.ready
	p.shell.RestorePlace()
}

// tryOut starts a trial and signs in to it, unless one runs already.
func (p *Program) tryOut(d *desk.Desk) error {
	if s, _ := d.Session.Current(); s.Trial {
		return nil // the button was pressed twice
	}
	defer p.shell.HoldAlerts()() // the buyers of the samples are not real
	return p.trial.Start(p.ctx, trialSeller{d})
}

func (p *Program) state(d *desk.Desk) State {
	s, online := d.Session.Current()
	state := State{
		SignedIn: s.Server != "", Trial: s.Trial, Server: s.Server, Name: s.Name, Email: s.Email,
		Online: online, Intercepted: d.Session.Intercepted(), MaxFileSize: s.MaxFileSize, Version: p.options.Version,
	}
	if folder, err := d.Folder.Settings(); err == nil {
		state.AskFolder = state.SignedIn && !state.Trial && !folder.Asked && !folder.Enabled
	}
	if asOf, err := d.Orders.AsOf(); err == nil {
		state.AsOf = stamp(asOf)
	}
	if r, happened, err := d.Recovered(); err == nil && happened {
		state.Recovery = viewRecovery(r)
	}
	return state
}

// pumpChanges emits changes to the page until the program stops: each change at
// once, and repetitions at most every 150 ms. Faster updates of a number are not visible,
// and drawing them would take a tenth of a processor.
func (p *Program) pumpChanges() {
	const pause = 150 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-p.changes.Ready:
		case <-p.ctx.Done():
			return
		}
		for _, c := range p.changes.Take() {
			p.emit(c)
		}
		select {
		case <-tick.C:
		case <-p.ctx.Done():
			return
		}
	}
}

func (p *Program) emit(c change.Change) {
	switch c.Kind {
	case change.State:
		p.shell.UploadsChanged()
		p.window.Emit("state", p.state(p.desk))
	case change.Orders:
		p.shell.OrdersChanged()
		p.window.Emit("orders")
	case change.Order:
		p.window.Emit("order", c.Order)
	case change.Folder:
		p.window.Emit("folder", c.Order)
	case change.Draft:
		p.shell.UploadsChanged()
		dr, err := p.desk.Draft(c.Order)
		if err != nil {
			p.options.Log.Error("read a draft", "error", err)
			return
		}
		p.window.Emit("draft", viewDraft(p.desk, dr))
	}
}
