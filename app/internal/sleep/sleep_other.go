//go:build !linux && !windows && !darwin

package sleep

import (
	"context"
	"errors"
)

// KeepAwake is not there on this system.
func KeepAwake(string) (release func(), err error) { return nil, errors.ErrUnsupported }

// Woken returns at once: the queue of uploads notices sleep by the clock.
func Woken(context.Context, func()) error { return nil }
