package shell_test

import (
	"os"
	"path/filepath"
	"testing"

	"handover/app/internal/shell"
)

func TestOpenFolder(t *testing.T) {
	bin := t.TempDir()
	seen := filepath.Join(bin, "seen")
	script := "#!/bin/sh\nprintf '%s' \"$1\" >" + seen + "\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	dir := filepath.Join(t.TempDir(), "Grundriß 100%20#1 $(x)")
	wait, err := shell.OpenFolder(t.Context(), dir)
	if err != nil {
		t.Skip("no file manager of this name here:", err)
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(seen); err != nil || string(got) != dir {
		t.Errorf("opened %q, %v", got, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := shell.OpenFolder(t.Context(), dir); err == nil {
		t.Error("opened with nothing")
	}
}
