package place_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"handover/app/internal/workfolder/place"
)

func TestFolderName(t *testing.T) {
	for _, tc := range []struct {
		name, title string
		n           int
		want        string
	}{
		{"plain", "Wedding film", 1, "Wedding film"},
		{"second of a title", "Wedding film", 2, "Wedding film (2)"},
		{"umlauts", "Fotos für Bea", 1, "Fotos für Bea"},
		{"umlauts taken apart", norm.NFD.String("Fotos für Bea"), 1, "Fotos für Bea"},
		{"separators", `a/b\c:d|e`, 1, "a-b-c-d-e"},
		{"forbidden", `<a>"b"?*`, 1, "_a__b___"},
		{"control characters", "a\x00b\nc\td\x7fe", 1, "ab c de"},
		{"spaces", "  a \u00a0 b  ", 1, "a b"},
		{"dots at the end", "The end...", 1, "The end"},
		{"dots and spaces at the end", "The end. . ", 1, "The end"},
		{"hidden", "..secret", 1, "secret"},
		{"only dots", "...", 1, "Order"},
		{"up", "../../etc", 1, "-..-etc"},
		{"empty", "", 1, "Order"},
		{"empty, second", "", 2, "Order (2)"},
		{"device", "con", 1, "con_"},
		{"device with extension", "NUL.txt", 1, "NUL_.txt"},
		{"device with a space", "aux .tar.gz", 1, "aux _.tar.gz"},
		{"device with a number", "COM1", 1, "COM1_"},
		{"device with a raised number", "lpt²", 1, "lpt²_"},
		{"no device", "COM10", 1, "COM10"},
		{"no device either", "console", 1, "console"},
		{"turned direction", "photo\u202egpj.exe", 1, "photogpj.exe"},
		{"not UTF-8", "a\xffb", 1, "ab"},
		{"long", strings.Repeat("ä", 100), 1, strings.Repeat("ä", 40)},
		{"long, second", strings.Repeat("ä", 100), 2, strings.Repeat("ä", 38) + " (2)"},
		{"long, cut at a space", strings.Repeat("a", 79) + " b", 1, strings.Repeat("a", 79)},
		{"family", "👩‍👩‍👧 album", 1, "👩‍👩‍👧 album"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := place.FolderName(tc.title, tc.n); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFolderNameIsSafe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ .a-cCONnul~:/\\<*\x00-\x20üß漢😀]{0,120}`)).Draw(rt, "title")
		n := rapid.IntRange(0, 1000).Draw(rt, "n")
		name := place.FolderName(title, n)
		switch {
		case name == "" || len(name) > 82 || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name):
			rt.Fatalf("%q", name)
		case strings.ContainsAny(name, "<>:\"/\\|?*") || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
			rt.Fatalf("forbidden characters: %q", name)
		case name[0] == '.' || name[0] == ' ' || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
			rt.Fatalf("ends or begins badly: %q", name)
		case place.FolderName(name, 1) != name:
			rt.Fatalf("%q becomes %q", name, place.FolderName(name, 1))
		}
	})
}
