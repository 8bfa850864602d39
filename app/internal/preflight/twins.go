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
	// maxHash is the largest file that is read to detect duplicates.
	maxHash = 64 << 20
	// maxHashed limits the bytes read for this in one check.
	maxHashed = 2 << 30
	// glance is how much of the beginnings is compared first.
	glance = 16 << 10
)

// findTwins returns, by index, the files whose content equals that of an earlier file, and
// that file. Content is compared by SHA-256, which is computed if it is unknown and
// another file has the same size and the same beginning. Files that are too large, or
// have changed since their inspection, are not compared.
func findTwins(ctx context.Context, files []File, inspected []inspection) map[int]int {
	sums := make([]string, len(files))
	var alike []int // files of unknown content that have the size of another file
	for size, group := range groups(files, inspected) {
		unknown := false
		for _, i := range group {
			sums[i] = files[i].SHA256
			unknown = unknown || sums[i] == ""
		}
		if unknown && size <= maxHash && len(group) > 1 {
			alike = append(alike, group...)
		}
	}
	slices.Sort(alike) // map order is random, and not all may be read
	begins := make([]string, len(files))
	each(ctx, len(alike), func(n int) {
		i := alike[n]
		begins[i] = hash(ctx, files[i].Source, min(glance, inspected[i].size))
	})
	read := choose(alike, sums, begins, inspected)
	each(ctx, len(read), func(n int) {
		i := read[n]
		if size := inspected[i].size; size <= glance {
			sums[i] = begins[i]
		} else {
			sums[i] = hash(ctx, files[i].Source, size)
		}
	})
	return pair(sums)
}

// groups returns the indexes of comparable files by size.
func groups(files []File, inspected []inspection) map[int64][]int {
	bySize := map[int64][]int{}
	for i := range files {
		if inspected[i].comparable() {
			bySize[inspected[i].size] = append(bySize[inspected[i].size], i)
		}
	}
	return bySize
}

// choose returns which files to read: those of unknown content with the same size and
// beginning as another, up to the limit of one check.
func choose(alike []int, sums, begins []string, inspected []inspection) []int {
	key := func(i int) string { return fmt.Sprint(inspected[i].size, " ", begins[i]) }
	count := map[string]int{}
	for _, i := range alike {
		count[key(i)]++
	}
	var chosen []int
	left := int64(maxHashed)
	for _, i := range alike {
		if sums[i] == "" && begins[i] != "" && count[key(i)] > 1 && inspected[i].size <= left {
			left -= inspected[i].size
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// pair returns, by index, the files with an earlier equal digest, and that earlier file.
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

// hash returns the SHA-256 of the first size bytes of the file; "" if the file is shorter or
// unreadable, or the context ends.
func hash(ctx context.Context, path string, size int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	for left := size; left > 0; left -= 8 << 20 {
		if _, err := io.CopyN(sum, f, min(left, 8<<20)); err != nil || ctx.Err() != nil {
			return ""
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
