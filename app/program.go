package app

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"handover/app/internal/alerts"
	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/tray"
	"handover/app/internal/windowstate"
)

// Window is what the program needs of the window it runs in.
type Window interface {
	// Emit tells the page of an event.
	Emit(event string, data ...any)
	// OpenFiles lets the seller pick files; none when they cancel.
	OpenFiles() ([]string, error)
	// OpenFolder lets the seller pick a folder; none when they cancel.
	OpenFolder() ([]string, error)
	// SaveFile lets the seller choose where a file of the suggested name is
	// saved; "" when they cancel.
	SaveFile(name string) (string, error)
	// OpenURL opens an address in the browser.
	OpenURL(url string)
	Frame
	Desktop
}

// Desktop is what lies around the window.
type Desktop interface {
	// Popups connects to what shows notes on the desktop. chosen is told the
	// keys of those that are clicked.
	Popups(chosen func(key string)) (Popups, error)
	// Tray puts the program's symbol beside the clock. pressed is told what is
	// clicked in its menu.
	Tray(look tray.Look, pressed func(key string)) (Tray, error)
	// KeepAwake keeps the computer from going to sleep until release is called.
	KeepAwake(why string) (release func(), err error)
}

// Frame is the window as the system shows it.
type Frame interface {
	// Show brings the window to the front.
	Show()
	Hide()
	// Quit closes the window for good, unless BeforeClose prevents it.
	Quit()
	// Place says where it is, and which screens there are.
	Place() windowstate.Place
	// Move puts its corner somewhere on its screen.
	Move(x, y int)
}

// Options say what the program is made of.
type Options struct {
	Home    string // folder of the drafts and the sign-in
	Version string
	Log     *slog.Logger
	// StartTrial starts a server inside this program on a data folder.
	StartTrial func(dir string) (Trial, error)
	// OpenFolder shows a folder in the file manager, and returns a function
	// that waits for it.
	OpenFolder func(ctx context.Context, dir string) (wait func() error, err error)
	// Installation is nil for a data folder that is not the seller's own.
	Installation Installation
}

// Program is the desk behind a window, from the window's start to its end.
type Program struct {
	options Options
	ready   chan struct{} // closed once Start has ended
	asked   asked
	// domReady is done when the page was loaded for the first time.
	domReady sync.Once

	// Set by Start, read once ready is closed.
	window Window
	ctx    context.Context
	cancel context.CancelFunc

	opening sync.Mutex
	desk    *desk.Desk // nil as long as it could not be opened

	changes changes
	imports imports
	pump    sync.WaitGroup

	attention attention
	alerts    *alerts.Alerts
	due       chan struct{} // holds a token while the due dates may have moved
	popups    Popups        // nil for none

	uploads  chan struct{} // holds a token while uploads may have moved
	away     atomic.Bool   // the window is not shown
	quitting atomic.Bool   // the window closes for good
	asking   atomic.Bool   // the seller was asked whether it shall

	mu    sync.Mutex
	trial Trial // nil for none
	tray  Tray  // nil for none
}

// New returns a program that waits for its window. It opens nothing: the code
// before the window's start also runs while bindings are generated.
func New(o Options) *Program {
	p := &Program{options: o, ready: make(chan struct{}), changes: newChanges(), due: make(chan struct{}, 1), uploads: make(chan struct{}, 1)}
	p.alerts = p.newAlerts()
	return p
}

// App returns what the window can call.
func (p *Program) App() *App { return &App{p} }

// parallel is how many files are uploaded at once.
const parallel = 3

// Start opens the desk for the window. A fault is told to whoever asks first.
func (p *Program) Start(w Window) {
	defer close(p.ready)
	p.window = w
	p.options.Log.Info("the window opens", "version", p.options.Version)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if _, err := p.openDesk(); err != nil {
		p.options.Log.Error("the desk did not open", "error", err)
	}
}

// Stop ends everything; what is not finished goes on the next time.
func (p *Program) Stop() {
	<-p.ready
	p.cancel()
	p.opening.Lock() // and nothing is opened any more
	defer p.opening.Unlock()
	p.pump.Wait()
	if p.popups != nil {
		if err := p.popups.Close(); err != nil {
			p.options.Log.Warn("the desktop's notes", "error", err)
		}
	}
	if p.desk != nil {
		if err := p.desk.Close(); err != nil {
			p.options.Log.Error("the desk did not close", "error", err)
		}
	}
	if err := p.stopTrial(); err != nil {
		p.options.Log.Error("the trial's server did not stop", "error", err)
	}
}

// open returns the desk once the window has started. One that could not be
// opened, because the command line works on it, is tried again.
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
		Home: p.options.Home, Parallel: parallel, Background: true, Listen: p.changes.note, Happened: p.alerts.Hear, Log: p.options.Log,
	})
	if err != nil {
		return nil, err
	}
	p.desk = d
	if s, _ := d.Session(); s.Trial {
		if err := p.resumeTrial(); err != nil {
			p.options.Log.Error("the trial did not start again", "error", err)
		}
	}
	var language string
	if err := d.Recall(languageMemory, &language); err == nil {
		p.attention.speak(language)
	}
	p.openPopups()
	p.pump.Go(func() { p.alerts.Run(p.ctx) })
	p.pump.Go(p.remind)
	p.pump.Go(p.followUploads)
	p.pump.Go(func() { p.noticeSleep(d) })
	p.pump.Go(p.pumpChanges)
	p.pump.Go(p.registerLinks)
	return d, nil
}

func (p *Program) state(d *desk.Desk) State {
	s, online := d.Session()
	state := State{
		SignedIn: s.Server != "", Trial: s.Trial, Server: s.Server, Name: s.Name, Email: s.Email,
		Online: online, Intercepted: d.Intercepted(), MaxFileSize: s.MaxFileSize, Version: p.options.Version,
	}
	if folder, err := d.SyncSettings(); err == nil {
		state.AskFolder = state.SignedIn && !state.Trial && !folder.Asked && !folder.Enabled
	}
	if asOf, err := d.AsOf(); err == nil {
		state.AsOf = stamp(asOf)
	}
	if r, happened, err := d.Recovered(); err == nil && happened {
		state.Recovery = viewRecovery(r)
	}
	return state
}

// pumpChanges tells the page what has changed, each thing at once and then at
// most every 150 ms, until the program stops: nobody sees more pictures of a
// number, and drawing them would take a tenth of a processor.
func (p *Program) pumpChanges() {
	const pause = 150 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-p.changes.some:
		case <-p.ctx.Done():
			return
		}
		for _, c := range p.changes.take() {
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
		p.uploadsMoved()
		p.window.Emit("state", p.state(p.desk))
	case change.Orders:
		p.ordersMoved()
		p.window.Emit("orders")
	case change.Order:
		p.window.Emit("order", c.Order)
	case change.Folder:
		p.window.Emit("folder", c.Order)
	case change.Draft:
		p.uploadsMoved()
		dr, err := p.desk.Draft(c.Order)
		if err != nil {
			p.options.Log.Error("read a draft", "error", err)
			return
		}
		p.window.Emit("draft", viewDraft(p.desk, dr))
	}
}

// changes gathers what has changed since it was last taken, each thing once.
type changes struct {
	mu   *sync.Mutex
	seen map[change.Change]bool
	some chan struct{} // holds a token while something is there
}

func newChanges() changes {
	return changes{new(sync.Mutex), map[change.Change]bool{}, make(chan struct{}, 1)}
}

func (c changes) note(change change.Change) {
	c.mu.Lock()
	c.seen[change] = true
	c.mu.Unlock()
	select {
	case c.some <- struct{}{}:
	default:
	}
}

func (c changes) take() []change.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]change.Change, 0, len(c.seen))
	for change := range c.seen {
		list = append(list, change)
	}
	clear(c.seen)
	return list
}
