package folder

import (
	"fmt"
	"math"

	"golang.org/x/sys/windows"
)

// spaceLeft returns the free bytes on the folder's disk.
func spaceLeft(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var left uint64
	if err := windows.GetDiskFreeSpaceEx(path, &left, nil, nil); err != nil {
		return 0, fmt.Errorf("read the free space on the disk of %s: %w", dir, err)
	}
	return int64(min(left, math.MaxInt64)), nil
}
