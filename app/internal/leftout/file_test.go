package leftout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/leftout"
)

func TestCheckRules(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []leftout.RuleFault
	}{
		{"none", "", nil},
		{"blank lines and comments", "\uFEFF# sources\r\n\n   \n#[\n", nil},
		{"rules", "*.psd\n!keep.psd\n/top\nfolder/\na/**/b\n[a-z]?\n\\#x\n", nil},
		{"a set without an end", "*.psd\n[ab", []leftout.RuleFault{{2, "[ab"}}},
		{"nothing but a sign", "!\n/\n", []leftout.RuleFault{{1, "!"}, {2, "/"}}},
		{"a folder without a name", "a//b", []leftout.RuleFault{{1, "a//b"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(append([]leftout.RuleFault{}, tc.want...), leftout.Check(tc.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
