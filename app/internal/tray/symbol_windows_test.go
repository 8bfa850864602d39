package tray_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"handover/app/internal/tray"
)

func TestIconResource(t *testing.T) {
	at := func(resource []byte, size, x, y int) []byte { // blue, green, red, alpha
		from := 40 + 4*((size-1-y)*size+x)
		return resource[from : from+4]
	}
	for _, size := range []int{16, 20, 24, 32, 48, 64} {
		idle := tray.IconResource(tray.Drawn(tray.Idle), size, size)
		if want := 40 + 4*size*size + (size+31)/32*4*size; len(idle) != want {
			t.Errorf("%d points: %d bytes instead of %d", size, len(idle), want)
		}
		if w, h := binary.LittleEndian.Uint32(idle[4:]), binary.LittleEndian.Uint32(idle[8:]); w != uint32(size) || h != uint32(2*size) {
			t.Errorf("%d points: the header says %d by %d", size, w, h)
		}
		dot := size - 1 - size/4
		blue := at(tray.IconResource(tray.Drawn(tray.Uploading), size, size), size, dot, dot)
		red := at(tray.IconResource(tray.Drawn(tray.Problem), size, size), size, dot, dot)
		if blue[0] < 0xe0 || blue[2] > 0x30 || blue[3] != 0xff {
			t.Errorf("%d points: the dot of uploads is %x", size, blue)
		}
		if red[0] > 0x30 || red[2] < 0xd0 || red[3] != 0xff {
			t.Errorf("%d points: the dot of problems is %x", size, red)
		}
		if above := at(idle, size, size/2, size/2); above[3] != 0xff {
			t.Errorf("%d points: its middle is %x", size, above)
		}
	}
}

func TestShorten(t *testing.T) {
	for name, each := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"short":           {"Uploading", 127, "Uploading"},
		"exactly as long": {"abc", 3, "abc"},
		"too long":        {strings.Repeat("ü", 200), 127, strings.Repeat("ü", 127)},
		"letter of two":   {"ab😀", 3, "ab"},
		"which fits":      {"ab😀c", 4, "ab😀"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tray.Shorten(each.text, each.limit); !slices.Equal(got, utf16.Encode([]rune(each.want))) {
				t.Errorf("got %q", string(utf16.Decode(got)))
			}
		})
	}
}
