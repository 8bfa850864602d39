package app

import (
	"errors"

	"handover/app/internal/tray"
)

// Tray implements [Desktop]: there is none yet.
func (w WailsWindow) Tray(tray.Look, func(key string)) (Tray, error) {
	return nil, errors.New("not on this system")
}
