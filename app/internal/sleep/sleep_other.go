//go:build !linux && !windows && !darwin

package sleep

import (
	"context"
	"errors"
)

// KeepAwake is not implemented on this system.
func KeepAwake(string) (release func(), err error) { return nil, errors.ErrUnsupported }

// Woken returns at once: the upload queue detects sleep by the clock.
func Woken(context.Context, func()) error { return nil }
