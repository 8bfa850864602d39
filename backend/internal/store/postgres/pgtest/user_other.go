//go:build !unix

package pgtest

import (
	"errors"
	"syscall"
)

func free(string) uint64 { return 0 }

func giveAway(string) error { return nil }

func unprivileged() *syscall.SysProcAttr { return nil }

func killAll(string) error { return errors.ErrUnsupported }
