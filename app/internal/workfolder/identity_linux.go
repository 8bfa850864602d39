package workfolder

import (
	"io/fs"
	"syscall"
	"time"
)

// statusTime is when anything about the file changed last. Programs set times
// of modification as they like, but not this one.
func statusTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(int64(st.Ctim.Sec), int64(st.Ctim.Nsec)) //nolint:unconvert // narrower on other processors
	}
	return info.ModTime()
}
