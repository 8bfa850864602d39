package shell

import "handover/app/internal/windowstate"

// Smallest is the minimum size of the window.
var Smallest = windowstate.Screen{Width: 720, Height: 520}

// LastPlace returns the window's last place, or the place of a first start.
func (s *Shell) LastPlace() windowstate.Place {
	if last, ok := windowstate.Load(s.placeFile(), Smallest); ok {
		return last
	}
	return windowstate.Place{Width: 1100, Height: 760}
}

// RestorePlace moves the window to its last position. The window starts in its
// last size.
func (s *Shell) RestorePlace() {
	last, ok := windowstate.Load(s.placeFile(), Smallest)
	if !ok {
		return
	}
	if x, y, ok := last.Corner(s.window.Place().Screens); ok {
		s.window.Move(x, y)
	}
}

// keepPlace stores the window's place.
func (s *Shell) keepPlace() {
	last, _ := windowstate.Load(s.placeFile(), Smallest)
	if err := last.Next(s.window.Place()).Save(s.placeFile()); err != nil {
		s.options.Log.Warn("store the window's place", "error", err)
	}
}

// bringUp brings the window to the front. The system would choose the place of a
// window that was hidden, so bringUp restores it.
func (s *Shell) bringUp() {
	s.window.Show()
	if s.away.Swap(false) {
		s.RestorePlace()
	}
}
