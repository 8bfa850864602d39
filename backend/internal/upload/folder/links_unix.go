//go:build unix

package folder

import (
	"os"
	"syscall"
)

// soleName reports whether the file goes when this name of it does.
func soleName(_ string, st os.FileInfo) bool {
	sys, ok := st.Sys().(*syscall.Stat_t)
	return !ok || sys.Nlink == 1
}
