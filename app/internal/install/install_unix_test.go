//go:build unix && !darwin

package install_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"handover/app/internal/install"
)

// desktop gives the test folders of its own, and returns the seller's and the
// one for all.
func desktop(t *testing.T) (user, all string) {
	t.Helper()
	user, all = t.TempDir(), t.TempDir()
	t.Setenv("XDG_DATA_HOME", filepath.Join(user, "data"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(user, "config"))
	t.Setenv("XDG_DATA_DIRS", all)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return user, all
}

var program = install.Program{Path: "/opt/Hand over/bin", Scheme: "handover", Hidden: "--hidden", Icon: []byte("icon")}

func read(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func write(t *testing.T, content string, path ...string) {
	t.Helper()
	full := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLinks(t *testing.T) {
	user, _ := desktop(t)
	entry := filepath.Join(user, "data/applications/handover.desktop")
	for range 2 {
		if err := program.Links(); err != nil {
			t.Fatal(err)
		}
		text := read(t, entry)
		for _, want := range []string{"\nExec=\"/opt/Hand over/bin\" %u\n", "\nMimeType=x-scheme-handler/handover;\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if choices := read(t, user, "config/mimeapps.list"); choices != "[Default Applications]\nx-scheme-handler/handover=handover.desktop\n" {
			t.Errorf("the choices are\n%s", choices)
		}
		if icon := read(t, user, "data/icons/hicolor/256x256/apps/handover.png"); icon != "icon" {
			t.Errorf("the icon is %q", icon)
		}
	}
	before, err := os.Stat(entry)
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Links(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(entry); err != nil || !os.SameFile(before, after) {
		t.Errorf("what was right was written anew: %v", err)
	}
	moved := program
	moved.Path = "/home/eva/handover"
	if err := moved.Links(); err != nil || !strings.Contains(read(t, entry), `"/home/eva/handover" %u`) {
		t.Errorf("after a move: %v\n%s", err, read(t, entry))
	}
}

// What the seller chose stays, and so does everything else in their list.
func TestChoicesStay(t *testing.T) {
	for name, c := range map[string]struct{ before, after string }{
		"others": {
			"[Added Associations]\na=b\n\n[Default Applications]\ntext/html=firefox.desktop\n",
			"[Added Associations]\na=b\n\n[Default Applications]\nx-scheme-handler/handover=handover.desktop\ntext/html=firefox.desktop\n",
		},
		"no section":   {"[Added Associations]\na=b", "[Added Associations]\na=b\n[Default Applications]\nx-scheme-handler/handover=handover.desktop\n"},
		"another":      {"[Default Applications]\nx-scheme-handler/handover=other.desktop\n", "[Default Applications]\nx-scheme-handler/handover=other.desktop\n"},
		"similar kind": {"[Default Applications]\nx-scheme-handler/handover2=other.desktop\n", "[Default Applications]\nx-scheme-handler/handover=handover.desktop\nx-scheme-handler/handover2=other.desktop\n"},
	} {
		t.Run(name, func(t *testing.T) {
			user, _ := desktop(t)
			write(t, c.before, user, "config/mimeapps.list")
			if err := program.Links(); err != nil {
				t.Fatal(err)
			}
			if got := read(t, user, "config/mimeapps.list"); got != c.after {
				t.Errorf("the choices are\n%s\nwant\n%s", got, c.after)
			}
		})
	}
}

// What packages install says the same as what the program writes by itself.
func TestPackagedEntry(t *testing.T) {
	user, _ := desktop(t)
	if err := program.Links(); err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(read(t, user, "data/applications/handover.desktop"), `"/opt/Hand over/bin"`, "handover-desktop", 1)
	if packaged := read(t, "../../../build/linux/handover.desktop"); packaged != own {
		t.Errorf("build/linux/handover.desktop is\n%s\nwant\n%s", packaged, own)
	}
}

// A package's own entry is not shadowed by one of the seller's.
func TestInstalledForAll(t *testing.T) {
	user, all := desktop(t)
	if err := program.Links(); err != nil {
		t.Fatal(err)
	}
	write(t, "[Desktop Entry]\nMimeType=x-scheme-handler/handover;\n", all, "applications/handover.desktop")
	if err := program.Links(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(user, "data/applications/handover.desktop")); !os.IsNotExist(err) {
		t.Errorf("the seller's own is still there: %v", err)
	}
}

func TestReadOnlyFolders(t *testing.T) {
	user, _ := desktop(t)
	write(t, "a file where a folder should be", user, "data")
	if err := program.Links(); err == nil {
		t.Error("no fault")
	}
	write(t, "", user, "config")
	if err := program.StartAtLogin(true); err == nil {
		t.Error("no fault")
	}
}

func TestStartAtLogin(t *testing.T) {
	user, _ := desktop(t)
	starts := func(want bool) {
		t.Helper()
		if got, err := program.StartsAtLogin(); err != nil || got != want {
			t.Errorf("starts: %v, %v; want %v", got, err, want)
		}
	}
	starts(false)
	for range 2 {
		if err := program.StartAtLogin(true); err != nil {
			t.Fatal(err)
		}
		starts(true)
	}
	text := read(t, user, "config/autostart/handover.desktop")
	if !strings.Contains(text, "\nExec=\"/opt/Hand over/bin\" --hidden\n") {
		t.Errorf("the entry is\n%s", text)
	}
	write(t, text+"Hidden=true\n", user, "config/autostart/handover.desktop")
	starts(false) // turned off in the desktop's own settings
	for range 2 {
		if err := program.StartAtLogin(false); err != nil {
			t.Fatal(err)
		}
		starts(false)
	}
}

func TestQuotedPaths(t *testing.T) {
	user, _ := desktop(t)
	hostile := program
	hostile.Path = "/a b/\"$x`%u\\"
	if err := hostile.Links(); err != nil {
		t.Fatal(err)
	}
	want := "\nExec=\"/a b/\\\\\"\\\\$x\\\\`%%u\\\\\\\\\" %u\n"
	if text := read(t, user, "data/applications/handover.desktop"); !strings.Contains(text, want) {
		t.Errorf("no %s in\n%s", want, text)
	}
}
