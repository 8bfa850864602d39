//go:build unix && !linux && !darwin

package content

import (
	"os"
	"syscall"
)

// VolumeOf knows no file system of this system, so that files are read.
func VolumeOf(*os.File) Volume { return Volume{} }

func volumeAt(string) Volume { return Volume{} }

func changed(*syscall.Stat_t) int64 { return 0 }

func flush(*os.File) bool { return false }
