package structure

import (
	"encoding/binary"
)

// byteOrder reads numbers.
type byteOrder = binary.ByteOrder

var (
	little byteOrder = binary.LittleEndian
	big    byteOrder = binary.BigEndian
)

// isTag reports whether the bytes are a name of letters, digits and the like,
// as parts of files have.
func isTag(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
