package standin

import (
	"io/fs"
	"syscall"
)

// dataless marks files that are downloaded when they are read (SF_DATALESS).
const dataless = 0x40000000

func isAway(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Flags&dataless != 0
}
