package app

import (
	"handover/app/internal/shell"
	"handover/app/internal/tray"
)

// Tray implements [shell.Desktop].
func (w WailsWindow) Tray(look tray.Look, pressed func(key string)) (shell.Tray, error) {
	return tray.Show(look, pressed)
}
