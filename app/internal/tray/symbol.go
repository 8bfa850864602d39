//go:build linux || windows

package tray

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"
)

//go:embed icon.png
var iconFile []byte

// decoded returns the picture without a badge.
var decoded = sync.OnceValue(func() image.Image {
	icon, err := png.Decode(bytes.NewReader(iconFile))
	if err != nil {
		panic(err) // the picture is embedded, so it is valid
	}
	return icon
})

var signs = map[State]color.NRGBA{
	Uploading: {R: 0x25, G: 0x63, B: 0xeb, A: 0xff},
	Problem:   {R: 0xdc, G: 0x26, B: 0x26, A: 0xff},
}

// drawn returns the picture of a state: the program's icon, with a dot in a white ring if
// the state needs attention.
func drawn(s State) *image.NRGBA {
	icon := decoded()
	size := icon.Bounds().Dx()
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	draw.Draw(picture, picture.Bounds(), icon, icon.Bounds().Min, draw.Src)
	if dot, ok := signs[s]; ok {
		radius := size / 4
		disc(picture, size-radius-1, size-radius-1, radius, color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff})
		disc(picture, size-radius-1, size-radius-1, radius-size/24, dot)
	}
	return picture
}

func disc(picture *image.NRGBA, x, y, radius int, c color.NRGBA) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if dx*dx+dy*dy <= radius*radius {
				picture.SetNRGBA(x+dx, y+dy, c)
			}
		}
	}
}
