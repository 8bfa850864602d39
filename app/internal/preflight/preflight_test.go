package preflight_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/preflight"
)

// file makes a file that was written to an hour ago.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	before := time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(path, []byte(content), 0o600), os.Chtimes(path, before, before)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNames(t *testing.T) {
	source := file(t, "x", "x")
	for path, want := range map[string]string{
		"film.mov":                "",
		"Film_DRAFT_2.mov":        "draft",
		"drafts/film.mov":         "drafts",
		"Entwurf 3.pdf":           "entwurf",
		"Entwürfe/a.pdf":          "entwürfe",
		"Entwu\u0308rfe/a.pdf":    "entwürfe", // as macOS writes it
		"wip.psd":                 "wip",
		"swipe.psd":               "",
		"template.psd":            "",
		"contemporary.wav":        "",
		"temp/a.wav":              "temp",
		"Musterhaus.jpg":          "",
		"Muster-Haus.jpg":         "muster",
		"preview_1.png":           "preview",
		"film (copy).mov":         "copy",
		"Kopie von Film.mov":      "kopie von",
		"film - Kopie.mov":        "kopie",
		"aftercopying/photocopy1": "",
		"最終版.psd":                 "",
	} {
		hint := ""
		for _, f := range preflight.Check([]preflight.File{{Path: path, Source: source}}, time.Now()) {
			if f.Code != preflight.UnfinishedName || f.Path != path {
				t.Errorf("%s: %+v", path, f)
			}
			hint = f.Hint
		}
		if hint != want {
			t.Errorf("%s: %q, want %q", path, hint, want)
		}
	}
}

func TestFiles(t *testing.T) {
	now := time.Now()
	whole, empty, busy := file(t, "a", "a"), file(t, "b", ""), file(t, "c", "c")
	if err := os.Chtimes(busy, now, now.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	future := file(t, "d", "d")
	if err := os.Chtimes(future, now, now.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		source string
		want   preflight.Code
	}{
		{"finished", whole, ""},
		{"empty", empty, preflight.EmptyFile},
		{"written to just now", busy, preflight.Changing},
		{"from a clock that is ahead", future, ""},
		{"gone", filepath.Join(t.TempDir(), "gone"), preflight.Missing},
		{"below a file", filepath.Join(whole, "x"), preflight.Unreadable},
	} {
		var got preflight.Code
		for _, f := range preflight.Check([]preflight.File{{Path: "film.mov", Source: tc.source}}, now) {
			got = f.Code
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	t.Run("without permission", func(t *testing.T) {
		if err := os.Chmod(whole, 0); err != nil {
			t.Fatal(err)
		}
		if f, err := os.Open(whole); err == nil {
			f.Close()
			t.Skip("this user may read everything")
		}
		if got := preflight.Check([]preflight.File{{Path: "film.mov", Source: whole}}, now); len(got) != 1 || got[0].Code != preflight.Unreadable {
			t.Errorf("%+v", got)
		}
	})
}

func TestDuplicates(t *testing.T) {
	source := file(t, "a", "a")
	got := preflight.Check([]preflight.File{
		{Path: "1", Source: source, SHA256: "x"}, {Path: "2", Source: source}, {Path: "3", Source: source},
		{Path: "4", Source: source, SHA256: "x"}, {Path: "5", Source: source, SHA256: "x"}, {Path: "6", Source: source, SHA256: "y"},
	}, time.Now())
	want := []preflight.Finding{{Code: preflight.Duplicate, Path: "4", Hint: "1"}, {Code: preflight.Duplicate, Path: "5", Hint: "1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := preflight.Check(nil, time.Now()); got == nil || len(got) != 0 {
		t.Errorf("nothing to look at gives %v", got)
	}
}

// Every finding is a sentence about its file.
func TestFindingsInEnglish(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range []preflight.Code{preflight.UnfinishedName, preflight.EmptyFile, preflight.Missing, preflight.Unreadable, preflight.Changing, preflight.Duplicate} {
		s := preflight.Finding{Code: code, Path: "film.mov", Hint: "other.mov"}.String()
		if len(s) < 20 || s[:10] != "film.mov: " || seen[s] {
			t.Errorf("%s: %q", code, s)
		}
		seen[s] = true
	}
}
