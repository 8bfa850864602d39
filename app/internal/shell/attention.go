package shell

import (
	"sync"

	"handover/frontend/messages"
)

// languageMemory is the setting that holds the window's language.
const languageMemory = "language"

// attention is what the seller sees now and in which language.
type attention struct {
	mu       sync.Mutex
	order    string // on the screen; "" for none
	focused  bool
	language string
}

func (a *attention) record(order string, focused bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.order, a.focused = order, focused
}

// on reports whether the seller sees the order now.
func (a *attention) on(order string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.focused && a.order == order
}

func (a *attention) setLanguage(language string) (changed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	changed = a.language != language
	a.language = language
	return changed
}

func (a *attention) speaks() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.language
}

// Look records the order on the screen, "" for none, and whether the window has
// the focus. The desktop shows no alerts about an order that the seller sees.
func (s *Shell) Look(order string, focused bool) { s.attention.record(order, focused) }

// Speak sets and stores the window's language: en, de.
func (s *Shell) Speak(language string) error {
	if !s.attention.setLanguage(language) {
		return nil
	}
	s.UploadsChanged() // the tray uses the language too
	return s.parts.currentDesk().Remember(languageMemory, language)
}

// words returns the texts in the window's language.
func (s *Shell) words() messages.Catalog { return messages.In(s.attention.speaks()) }
