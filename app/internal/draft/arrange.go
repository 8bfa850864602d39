package draft

import (
	"cmp"
	"slices"
)

// arrange brings the files into the seller's order, those of which it does not
// tell after the others by their paths.
func (d *Draft) arrange() {
	place := make(map[string]int, len(d.Arranged))
	for i, path := range d.Arranged {
		place[path] = i - len(d.Arranged) // below 0, which is for all others
	}
	slices.SortFunc(d.Files, func(a, b File) int {
		return cmp.Or(cmp.Compare(place[a.Path], place[b.Path]), cmp.Compare(a.Path, b.Path))
	})
}
