//go:build !linux

package workfolder

import (
	"runtime"
	"strings"
)

// tellsNothing reports whether the folder lies on a drive without events.
func tellsNothing(dir string) bool {
	if runtime.GOOS == "windows" {
		return strings.HasPrefix(dir, `\\`)
	}
	return false
}
