package standin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/app/internal/standin"
)

const lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

func TestRealName(t *testing.T) {
	for name, want := range map[string][2]string{
		".film.mov.icloud":    {"film.mov", "iCloud"},
		".Song.logicx.icloud": {"Song.logicx", "iCloud"},
		".README.icloud":      {"README", "iCloud"},
		"film.mov.nextcloud":  {"film.mov", "Nextcloud"},
		"film.mov.owncloud":   {"film.mov", "ownCloud"},
		"film.mov.cloud":      {"film.mov", "odrive"},
		"film.mov":            {"film.mov", ""},
		".icloud":             {".icloud", ""},
		"film.icloud":         {"film.icloud", ""},
		"word.cloud":          {"word.cloud", ""},
		"":                    {"", ""},
	} {
		if real, service := standin.RealName(name); real != want[0] || service != want[1] {
			t.Errorf("%q: %q, %q; want %q", name, real, service, want)
		}
	}
}

func TestLook(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          string // the service; "" for no placeholder
	}{
		"the file itself":         {"film.mov", "film", ""},
		"an empty file":           {"film.mov", "", ""},
		"iCloud's other name":     {".film.mov.icloud", "bplist00", "iCloud"},
		"Nextcloud's other name":  {"film.mov.nextcloud", " ", "Nextcloud"},
		"a pointer of Git LFS":    {"film.mov", lfs, "Git LFS"},
		"a pointer of git-annex":  {"film.mov", "/annex/objects/SHA256E-s12345--4d7a.mov\n", "git-annex"},
		"a text about pointers":   {"film.mov", "It begins with " + lfs, ""},
		"a long text of pointers": {"film.mov", lfs + strings.Repeat("more ", 400), ""},
		"nothing":                 {"other.mov", "film", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			p, found := standin.Probe(filepath.Join(dir, "film.mov"))
			if found != (c.want != "") || found && p.Service != c.want {
				t.Errorf("%+v, %v; want %q", p, found, c.want)
			}
			if found && !strings.Contains(p.Message(), p.Service) {
				t.Errorf("the message is %q", p.Message())
			}
		})
	}
}

func TestShortcut(t *testing.T) {
	for name, c := range map[string][2]string{
		"film.lnk":      {"L\x00\x00\x00", "Windows"},
		"page.URL":      {"[InternetShortcut]\nURL=https://example.com", "web link"},
		"page.webloc":   {"<plist>", "web link"},
		"text.gdoc":     {`{"url": "https://docs.google.com/open?id=1"}`, "Google Docs"},
		"film.mov":      {"book\x00\x00\x00\x00mark\x00\x00\x00\x00\x38", "macOS"},
		"page.desktop":  {"[Desktop Entry]\nType=Link\nURL=https://example.com", "Linux"},
		"app.desktop":   {"[Desktop Entry]\nType=Application\nExec=app", ""},
		"bookmarks.txt": {"bookmark", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(c[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := standin.Shortcut(name, path); got != c[1] {
				t.Errorf("%q; want %q", got, c[1])
			}
		})
	}
}
