//go:build unix

package folder

import (
	"os"
	"syscall"
)

// soleName reports whether the file has no other name: removing this name then frees its
// bytes.
func soleName(_ string, st os.FileInfo) bool {
	sys, ok := st.Sys().(*syscall.Stat_t)
	return !ok || sys.Nlink == 1
}
