package standin

import (
	"io/fs"
	"syscall"
)

// Attributes of files that are downloaded when they are opened or read.
const (
	attributeOffline          = 0x00001000
	attributeRecallOnOpen     = 0x00040000
	attributeRecallDataAccess = 0x00400000
)

func isAway(info fs.FileInfo) bool {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && data.FileAttributes&(attributeOffline|attributeRecallOnOpen|attributeRecallDataAccess) != 0
}
