package workfolder_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/workfolder"
)

func TestCheckRules(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []workfolder.RuleFault
	}{
		{"none", "", nil},
		{"blank lines and comments", "\uFEFF# sources\r\n\n   \n#[\n", nil},
		{"rules", "*.psd\n!keep.psd\n/top\nfolder/\na/**/b\n[a-z]?\n\\#x\n", nil},
		{"a set without an end", "*.psd\n[ab", []workfolder.RuleFault{{2, "[ab"}}},
		{"nothing but a sign", "!\n/\n", []workfolder.RuleFault{{1, "!"}, {2, "/"}}},
		{"a folder without a name", "a//b", []workfolder.RuleFault{{1, "a//b"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(append([]workfolder.RuleFault{}, tc.want...), workfolder.CheckRules(tc.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSaveRules(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, workfolder.IgnoreFile)
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
	if text, err := workfolder.Rules(dir); err != nil || text != "*.psd\n" {
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

// What is listed as built in is left out, and for that reason.
func TestBuiltIns(t *testing.T) {
	f := start(t, filepath.Join(t.TempDir(), "root"), []string{"Film"})
	film := dirOf(t, f, "Film")
	want := map[string]workfolder.Reason{}
	for _, group := range workfolder.BuiltIns() {
		for i, pattern := range group.Patterns {
			name := strings.ReplaceAll(pattern, "*", fmt.Sprint("x", i))
			folder := strings.HasSuffix(name, "/")
			name = strings.TrimSuffix(name, "/")
			want[name] = group.Reason
			if folder {
				write(t, "x", film, name, "x")
			} else {
				write(t, "x", film, name)
			}
		}
	}
	must(t, f.Rescan(t.Context()))
	for _, file := range snapshot(t, f, "Film").Files {
		if file.State != workfolder.LeftOut || file.Reason != want[file.Path] {
			t.Errorf("%s: %v %q, want %q", file.Path, file.State, file.Reason, want[file.Path])
		}
		delete(want, file.Path)
	}
	if len(want) > 0 {
		t.Errorf("not seen: %v", slices.Sorted(maps.Keys(want)))
	}
}
