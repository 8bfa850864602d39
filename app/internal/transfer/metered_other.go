//go:build !linux

package transfer

import "context"

// systemMetered returns false: it is implemented on Linux only. The seller has a switch.
func systemMetered(context.Context) bool { return false }
