package app

import (
	"errors"

	"handover/app/internal/shell"
	"handover/app/internal/tray"
)

// Tray implements [shell.Desktop]. On a Mac programs stay in the Dock, see dock.
func (w WailsWindow) Tray(tray.Look, func(key string)) (shell.Tray, error) {
	return nil, errors.New("not on this system")
}
