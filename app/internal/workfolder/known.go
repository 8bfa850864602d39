package workfolder

import (
	"os"
	"path/filepath"

	"handover/app/internal/workfolder/dirid"
	"handover/app/internal/workfolder/move"
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/watch"
)

// IsRoot reports whether a folder is a work folder, used now or before. It is
// false for one on a drive that is not there.
func IsRoot(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, place.RootMark))
	return err == nil && info.Mode().IsRegular()
}

// IsScanned reports whether a folder lies on a drive that tells of no changes,
// such as a network drive: there files are seen every 30 seconds at most.
func IsScanned(dir string) bool { return watch.Silent(dir) }

// IsDrive reports whether a folder is where a drive begins: it cannot be
// replaced by another one.
func IsDrive(dir string) bool {
	above := filepath.Dir(dir)
	here, err := dirid.Of(dir)
	if err != nil || above == dir {
		return err == nil
	}
	there, err := dirid.Of(above)
	return err == nil && here.Device != there.Device
}

// ForgetMove removes the copy that a move to a folder was making when the
// program was killed. The work folder itself is not touched.
func ForgetMove(to string) error { return move.Forget(to) }
