package shell

// BeforeClose is called before the window closes and returns whether it stays
// open. While there is work in progress, the window hides and the tray icon
// remains. Without a visible tray icon the page asks the seller; a second close
// during that question closes the window.
func (s *Shell) BeforeClose() bool {
	s.place.keep(s.window)
	if s.quitting.Load() || !s.hasWork() {
		return false
	}
	if icon := s.parts.currentTray(); icon != nil && icon.Hosted() {
		s.attention.record("", false)
		s.away.Store(true)
		s.window.Hide()
		s.explainTray()
		return true
	}
	if s.asking.Swap(true) {
		return false
	}
	s.window.Emit("closing")
	s.bringUp()
	return true
}

// hasWork reports whether the program has work without its window: uploads, or a
// work folder to watch.
func (s *Shell) hasWork() bool {
	d := s.parts.currentDesk()
	if d == nil || !d.SignedIn() {
		return false
	}
	if d.FollowsFolder() {
		return true
	}
	return readUploads(d, s.options.Log).Moving > 0
}

// Quit closes the window for good. Unfinished uploads resume at the next start.
func (s *Shell) Quit() {
	s.quitting.Store(true)
	s.window.Quit()
}

// KeepOpen ends the question whether to quit: the seller stays.
func (s *Shell) KeepOpen() { s.asking.Store(false) }
