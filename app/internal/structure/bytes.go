package structure

import (
	"encoding/binary"
)

// byteOrder decodes numbers.
type byteOrder = binary.ByteOrder

var (
	little byteOrder = binary.LittleEndian
	big    byteOrder = binary.BigEndian
)

// isTag reports whether the bytes are a printable name, as chunks and boxes have.
func isTag(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
