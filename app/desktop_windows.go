package app

import "handover/app/internal/tray"

// Tray implements [Desktop].
func (w WailsWindow) Tray(look tray.Look, pressed func(key string)) (Tray, error) {
	return tray.Show(look, pressed)
}
