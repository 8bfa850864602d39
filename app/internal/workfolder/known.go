package workfolder

import (
	"os"
	"path/filepath"

	"handover/app/internal/workfolder/dirid"
	"handover/app/internal/workfolder/move"
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/watch"
)

// IsRoot reports whether a folder is or was a work folder. It is false while the
// folder's drive is unplugged.
func IsRoot(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, place.RootMark))
	return err == nil && info.Mode().IsRegular()
}

// IsScanned reports whether a folder is on a drive that reports no changes, such as
// a network drive. Its files are scanned every 30 seconds.
func IsScanned(dir string) bool { return watch.Silent(dir) }

// IsDrive reports whether a folder is the root of a drive. Such a folder cannot be
// replaced by another.
func IsDrive(dir string) bool {
	above := filepath.Dir(dir)
	here, err := dirid.Of(dir)
	if err != nil || above == dir {
		return err == nil
	}
	there, err := dirid.Of(above)
	return err == nil && here.Device != there.Device
}

// ForgetMove removes the incomplete copy of a move to the given folder, as left by
// a crash. It does not touch the work folder.
func ForgetMove(to string) error { return move.Forget(to) }
