package preflight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
)

const (
	// maxHash is the largest file that is read to be compared.
	maxHash = 64 << 20
	// maxHashed is how much is read to compare in one check.
	maxHashed = 2 << 30
	// glance is how much of the beginnings is compared first.
	glance = 16 << 10
)

// findTwins returns, by number, the files with the content of an earlier one,
// and of which. Content is compared by SHA-256. It is computed where it is not
// known and another file has the same size and begins in the same way; a file
// that is too large for that, or has changed since it was looked at, has no
// twin.
func findTwins(ctx context.Context, files []File, looks []look) map[int]int {
	sums := make([]string, len(files))
	var alike []int // of files that are as large as another whose content is not known
	for size, group := range groups(files, looks) {
		unknown := false
		for _, i := range group {
			sums[i] = files[i].SHA256
			unknown = unknown || sums[i] == ""
		}
		if unknown && size <= maxHash && len(group) > 1 {
			alike = append(alike, group...)
		}
	}
	slices.Sort(alike) // maps have no order, and not all may be read
	begins := make([]string, len(files))
	each(ctx, len(alike), func(n int) {
		i := alike[n]
		begins[i] = hash(ctx, files[i].Source, min(glance, looks[i].size))
	})
	read := choose(alike, sums, begins, looks)
	each(ctx, len(read), func(n int) {
		i := read[n]
		if size := looks[i].size; size <= glance {
			sums[i] = begins[i]
		} else {
			sums[i] = hash(ctx, files[i].Source, size)
		}
	})
	return pair(sums)
}

// groups returns the numbers of the files that can be compared, by size.
func groups(files []File, looks []look) map[int64][]int {
	bySize := map[int64][]int{}
	for i := range files {
		if looks[i].comparable() {
			bySize[looks[i].size] = append(bySize[looks[i].size], i)
		}
	}
	return bySize
}

// choose returns which of the files are to be read as a whole: those of
// unknown content that begin like another of their size, as many as may be
// read in one check.
func choose(alike []int, sums, begins []string, looks []look) []int {
	key := func(i int) string { return fmt.Sprint(looks[i].size, " ", begins[i]) }
	count := map[string]int{}
	for _, i := range alike {
		count[key(i)]++
	}
	var chosen []int
	left := int64(maxHashed)
	for _, i := range alike {
		if sums[i] == "" && begins[i] != "" && count[key(i)] > 1 && looks[i].size <= left {
			left -= looks[i].size
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// pair returns, by number, which sums were there before, and where first.
func pair(sums []string) map[int]int {
	twins, first := map[int]int{}, map[string]int{}
	for i, sum := range sums {
		if sum == "" {
			continue
		}
		if twin, seen := first[sum]; seen {
			twins[i] = twin
		} else {
			first[sum] = i
		}
	}
	return twins
}

// hash returns the SHA-256 of the first size bytes of the file; "" when it
// does not have so many, cannot be read, or the context ends.
func hash(ctx context.Context, path string, size int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	for left := size; left > 0 && err == nil; left -= 8 << 20 {
		if _, err = io.CopyN(sum, f, min(left, 8<<20)); err == nil {
			err = ctx.Err()
		}
	}
	if err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}
