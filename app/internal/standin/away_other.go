//go:build !windows && !darwin

package standin

import "io/fs"

// isAway returns false: on this system cloud services set no such attribute.
func isAway(fs.FileInfo) bool { return false }
