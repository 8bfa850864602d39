package tray

import (
	"encoding/binary"
	"image"
	"unsafe"

	"golang.org/x/image/draw"
)

// newIcon creates the icon of a state in the size of Windows' small icons; 0 if that fails.
// The caller destroys it.
func newIcon(s State) uintptr {
	width, height := call(getSystemMetrics, smSmallIconWidth), call(getSystemMetrics, smSmallIconHeight)
	resource := iconResource(drawn(s), int(width), int(height))
	const isIcon, format = 1, 0x00030000
	return call(createIconFromResource, uintptr(unsafe.Pointer(&resource[0])), uintptr(len(resource)), isIcon, format, width, height, 0)
}

// iconResource returns the picture in the format of icon resources: a BITMAPINFOHEADER of
// double height, the pixels from the bottom up, and a mask, which is ignored for
// translucent pixels.
func iconResource(picture image.Image, width, height int) []byte {
	scaled := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	const header, planes, bits = 40, 1, 32
	b := binary.LittleEndian.AppendUint32(nil, header)
	b = binary.LittleEndian.AppendUint32(b, uint32(width))
	b = binary.LittleEndian.AppendUint32(b, uint32(2*height))
	b = binary.LittleEndian.AppendUint16(b, planes)
	b = binary.LittleEndian.AppendUint16(b, bits)
	b = append(b, make([]byte, header-len(b))...)
	for y := height - 1; y >= 0; y-- {
		for x := range width {
			p := scaled.NRGBAAt(x, y)
			b = append(b, p.B, p.G, p.R, p.A)
		}
	}
	return append(b, make([]byte, (width+31)/32*4*height)...)
}
