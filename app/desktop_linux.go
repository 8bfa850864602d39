package app

import (
	"handover/app/internal/notification"
	"handover/app/internal/shell"
	"handover/app/internal/tray"
)

// Notifier implements [shell.Desktop].
func (w WailsWindow) Notifier(clicked func(key string)) (shell.Notifier, error) {
	return notification.Open(clicked)
}

// Tray implements [shell.Desktop].
func (w WailsWindow) Tray(look tray.Look, pressed func(key string)) (shell.Tray, error) {
	return tray.Show(look, pressed)
}
