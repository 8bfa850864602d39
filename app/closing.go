package app

import "handover/app/internal/desk"

// BeforeClose is called when the window shall close, and returns whether it
// stays. While there is work to go on with, it goes to the symbol beside the
// clock; where there is none, the seller is asked. Whoever is asked and closes
// again means it.
func (p *Program) BeforeClose() bool {
	<-p.ready
	p.keepPlace()
	if p.quitting.Load() || !p.works() {
		return false
	}
	if p.traySeen() {
		p.attention.look("", false)
		p.away.Store(true)
		p.window.Hide()
		p.tellOfTray()
		return true
	}
	if p.asking.Swap(true) {
		return false
	}
	p.window.Emit("closing")
	p.bringUp()
	return true
}

// works reports whether the program has something to do without its window:
// uploads, or a work folder to watch.
func (p *Program) works() bool {
	p.opening.Lock()
	d := p.desk
	p.opening.Unlock()
	if d == nil {
		return false
	}
	if s, _ := d.Session(); s.Server == "" {
		return false
	}
	if _, on := d.Sync(); on {
		return true
	}
	t, err := d.Transfers()
	if err != nil {
		p.options.Log.Error("read the uploads", "error", err)
	}
	moving, _ := count(t)
	return moving > 0
}

func (p *Program) traySeen() bool {
	p.mu.Lock()
	symbol := p.tray
	p.mu.Unlock()
	return symbol != nil && symbol.Hosted()
}

// quit closes the window for good. What is not finished goes on the next time.
func (p *Program) quit() {
	p.quitting.Store(true)
	p.window.Quit()
}

// Quit ends the program; uploads go on at the next start.
func (a *App) Quit() error {
	_, err := ask(a, func(*desk.Desk) (struct{}, error) {
		a.p.quit()
		return struct{}{}, nil
	})
	return err
}

// KeepOpen is called when the seller, asked whether to quit, does not.
func (a *App) KeepOpen() { a.p.asking.Store(false) }
