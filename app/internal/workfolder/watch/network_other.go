//go:build !linux

package watch

import (
	"runtime"
	"strings"
)

// Silent reports whether the folder is on a drive without events, such as a
// network drive.
func Silent(dir string) bool {
	if runtime.GOOS == "windows" {
		return strings.HasPrefix(dir, `\\`)
	}
	return false
}
