//go:build unix

package workfolder_test

import (
	"io/fs"
	"syscall"
)

func nodeOf(info fs.FileInfo) (inode, device uint64) {
	st := info.Sys().(*syscall.Stat_t)
	return uint64(st.Ino), uint64(st.Dev) //nolint:unconvert // narrower on other systems
}
