package main

import (
	"regexp"
	"slices"
	"testing"
)

func TestOnlySomeSteps(t *testing.T) {
	t.Parallel()
	for names, want := range map[string][]string{
		"browser tests|window test": {"frontend build", "programs", "browser tests", "window test"}, // with the programs that they run
		"golangci-lint":             {"golangci-lint"},
		"programs":                  {"programs"},
		"no such step":              nil,
	} {
		p := everything(true).only(regexp.MustCompile(names))
		var got []string
		for _, l := range append([]lane{p.first}, append(p.lanes, p.last)...) {
			for _, s := range l {
				got = append(got, s.name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", names, got, want)
		}
	}
}
