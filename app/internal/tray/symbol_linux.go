package tray

// pixmap is a picture in the specification's format: ARGB, big-endian.
type pixmap struct {
	Width, Height int32
	Data          []byte
}

func symbol(s State) []pixmap {
	picture := drawn(s)
	size := picture.Bounds().Dx()
	data := make([]byte, 0, 4*size*size)
	for i := 0; i < len(picture.Pix); i += 4 {
		p := picture.Pix[i : i+4]
		data = append(data, p[3], p[0], p[1], p[2])
	}
	return []pixmap{{int32(size), int32(size), data}}
}
