package shell

import (
	"log/slog"

	"handover/app/internal/windowstate"
)

// Smallest is the minimum size of the window.
var Smallest = windowstate.Screen{Width: 720, Height: 520}

// place is the window's place in a file.
type place struct {
	file string
	log  *slog.Logger
}

// restore moves the window to its last position.
func (p place) restore(w Frame) {
	last, ok := windowstate.Load(p.file, Smallest)
	if !ok {
		return
	}
	if x, y, ok := last.Corner(w.Place().Screens); ok {
		w.Move(x, y)
	}
}

// keep stores the window's place.
func (p place) keep(w Frame) {
	last, _ := windowstate.Load(p.file, Smallest)
	if err := last.Next(w.Place()).Save(p.file); err != nil {
		p.log.Warn("store the window's place", "error", err)
	}
}

// LastPlace returns the window's last place, or the place of a first start.
func (s *Shell) LastPlace() windowstate.Place {
	if last, ok := windowstate.Load(s.place.file, Smallest); ok {
		return last
	}
	return windowstate.Place{Width: 1100, Height: 760}
}

// RestorePlace moves the window to its last position. The window starts in its
// last size.
func (s *Shell) RestorePlace() { s.place.restore(s.window) }

// bringUp brings the window to the front. The system would choose the place of a
// window that was hidden, so bringUp restores it.
func (s *Shell) bringUp() {
	s.window.Show()
	if s.away.Swap(false) {
		s.RestorePlace()
	}
}
