package app

import (
	"path/filepath"

	"handover/app/internal/windowstate"
)

// smallest is the least size of the window.
var smallest = windowstate.Screen{Width: 720, Height: 520}

func (p *Program) placeFile() string { return filepath.Join(p.options.Home, "window.json") }

// lastPlace is where the window was, or where it is at first.
func (p *Program) lastPlace() windowstate.Place {
	if last, ok := windowstate.Load(p.placeFile(), smallest); ok {
		return last
	}
	return windowstate.Place{Width: 1100, Height: 760}
}

// restorePlace puts the window where it was; its size it has already.
func (p *Program) restorePlace() {
	<-p.ready
	last, ok := windowstate.Load(p.placeFile(), smallest)
	if !ok {
		return
	}
	if x, y, ok := last.Corner(p.window.Place().Screens); ok {
		p.window.Move(x, y)
	}
}

// keepPlace remembers where the window is.
func (p *Program) keepPlace() {
	last, _ := windowstate.Load(p.placeFile(), smallest)
	if err := last.Next(p.window.Place()).Save(p.placeFile()); err != nil {
		p.options.Log.Warn("the window's place is not remembered", "error", err)
	}
}

// bringUp brings the window to the front. One that was away would be put where
// the system likes.
func (p *Program) bringUp() {
	p.window.Show()
	if p.away.Swap(false) {
		p.restorePlace()
	}
}
