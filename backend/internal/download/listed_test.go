package download_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"handover/backend/internal/download"
)

// entriesOf are the names in the zip of files with these paths.
func entriesOf(t *testing.T, arranged bool, paths ...string) (names []string) {
	t.Helper()
	d := deliveryOf(paths...)
	d.arranged = arranged
	for _, e := range d.unzipped(t) {
		names = append(names, e.Name)
	}
	return names
}

// The page orders by the same table: frontend/src/lib/order/names.test.ts.
func TestOrderOfNames(t *testing.T) {
	raw, err := os.ReadFile("testdata/names.json")
	if err != nil {
		t.Fatal(err)
	}
	var lists [][]string
	if err := json.Unmarshal(raw, &lists); err != nil || len(lists) == 0 {
		t.Fatal(lists, err)
	}
	for _, names := range lists {
		backwards := slices.Clone(names)
		slices.Reverse(backwards)
		for _, from := range [][]string{backwards, slices.Sorted(slices.Values(names))} {
			if got := download.InOrder(from, false); !slices.Equal(got, names) {
				t.Errorf("sorted as %q, want %q", got, names)
			}
		}
	}
}

// As frontend/src/lib/order/arrange.test.ts has it.
func TestZipIsOrderedAsThePage(t *testing.T) {
	files := []string{"b.txt", "film/10.mov", "film/9.mov", "a.txt", "film/sub/x.srt"}
	if got, want := entriesOf(t, false, files...), "film/sub/x.srt film/9.mov film/10.mov a.txt b.txt"; strings.Join(got, " ") != want {
		t.Errorf("by name: %q", got)
	}
	if got, want := entriesOf(t, true, files...), "b.txt film/10.mov film/9.mov film/sub/x.srt a.txt"; strings.Join(got, " ") != want {
		t.Errorf("arranged: %q", got)
	}
}
