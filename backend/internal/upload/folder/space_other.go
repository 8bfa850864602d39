//go:build !linux && !darwin && !windows

package folder

import "math"

// spaceLeft does not know: a write to a full disk fails and says so.
func spaceLeft(string) (int64, error) { return math.MaxInt64, nil }
