package workfolder_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder"
)

func TestSaveRules(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, leftout.IgnoreFile)
	must(t, workfolder.SaveRules(dir, "", "*.psd\n"))
	if err := workfolder.SaveRules(dir, "", "*.ai\n"); !errors.Is(err, workfolder.ErrRulesChanged) {
		t.Errorf("overwrote what was not seen: %v", err)
	}
	must(t, workfolder.SaveRules(dir, "", "*.psd\n")) // a retry
	for what, text := range map[string]string{"too large": strings.Repeat("a\n", 40_000), "no text": "\xff"} {
		if err := workfolder.SaveRules(dir, "*.psd\n", text); err == nil {
			t.Errorf("%s: saved", what)
		}
	}
	if text, err := leftout.Text(dir); err != nil || text != "*.psd\n" {
		t.Errorf("%q, %v", text, err)
	}
	must(t, os.Remove(name))
	must(t, os.Mkdir(name, 0o755))
	if err := workfolder.SaveRules(dir, "", "x"); err == nil {
		t.Error("saved over a folder")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
