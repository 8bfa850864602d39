package app

import (
	"handover/app/internal/notification"
	"handover/app/internal/tray"
)

// Popups implements [Desktop].
func (w WailsWindow) Popups(chosen func(key string)) (Popups, error) {
	return notification.Open(chosen)
}

// Tray implements [Desktop].
func (w WailsWindow) Tray(look tray.Look, pressed func(key string)) (Tray, error) {
	return tray.Show(look, pressed)
}
