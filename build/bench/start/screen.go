package main

import (
	"encoding/binary"
	"os"
)

// The position of the first row of the list in the window: below the sticky
// header, right of the sidebar, in pixels.
const (
	left, right = 230, 700
	top, bottom = 150, 200
)

// rowPainted reports whether the first row has text. The file is the screen as an XWD
// image, into which the X server draws.
func rowPainted(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	header := make([]byte, 100)
	if _, err := file.ReadAt(header, 0); err != nil {
		return false
	}
	field := func(n int) int64 { return int64(binary.BigEndian.Uint32(header[4*n:])) }
	pixels, line, colours := field(0), field(12), field(19)
	if field(11) != 32 || line == 0 {
		return false
	}
	const colourSize = 12
	start := pixels + colours*colourSize
	row := make([]byte, (right-left)*4)
	dark := 0
	for y := int64(top); y < bottom; y++ {
		if _, err := file.ReadAt(row, start+y*line+left*4); err != nil {
			return false
		}
		for x := 0; x < len(row); x += 4 {
			if int(row[x])+int(row[x+1])+int(row[x+2]) < 3*128 {
				dark++
			}
		}
	}
	return dark > 100
}
