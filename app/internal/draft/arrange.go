package draft

import (
	"cmp"
	"slices"
)

// arrange sorts the files in the seller's order. Files that it does not mention
// follow, sorted by path.
func (d *Draft) arrange() {
	place := make(map[string]int, len(d.Arranged))
	for i, path := range d.Arranged {
		place[path] = i - len(d.Arranged) // negative, so before all others
	}
	slices.SortFunc(d.Files, func(a, b File) int {
		return cmp.Or(cmp.Compare(place[a.Path], place[b.Path]), cmp.Compare(a.Path, b.Path))
	})
}
