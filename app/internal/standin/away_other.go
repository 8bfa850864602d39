//go:build !windows && !darwin

package standin

import "io/fs"

// isAway is never true: clouds have no attribute for it here.
func isAway(fs.FileInfo) bool { return false }
