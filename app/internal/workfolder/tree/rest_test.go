package tree_test

import (
	"testing"
	"time"

	"handover/app/internal/workfolder/tree"
)

func TestRest(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct {
		name    string
		changes []time.Duration
		want    time.Duration
	}{
		{"once", []time.Duration{0}, 2 * s},
		{"steadily", []time.Duration{0, s / 10, s / 5, s / 3}, 2 * s},
		{"in bursts", []time.Duration{0, 3 * s / 2, 3 * s}, 3 * s},
		{"in bursts after it settled", []time.Duration{0, 3 * s, 6 * s}, 6 * s},
		{"in long bursts", []time.Duration{0, 9 * s}, 10 * s},
		{"long ago", []time.Duration{0, 4 * s, 60 * s}, 2 * s},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tree.Rest(2*s, tc.changes...); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
