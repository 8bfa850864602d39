package app

import "handover/app/internal/popup"

// Popups implements [Desktop].
func (w WailsWindow) Popups(chosen func(key string)) (Popups, error) { return popup.Open(chosen) }
