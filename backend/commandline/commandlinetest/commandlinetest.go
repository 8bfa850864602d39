// Package commandlinetest shows tests which flags of a program the environment
// can set.
package commandlinetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Settings returns a line "command --flag VARIABLE" for every flag of every
// command that is read from the environment, sorted. The grammar is a pointer
// to a struct, as [commandline.Main] takes it.
func Settings(t testing.TB, grammar any) []string {
	t.Helper()
	parser, err := kong.New(grammar, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	err = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		n, ok := node.(*kong.Node)
		if !ok {
			app, isApp := node.(*kong.Application)
			if !isApp {
				return next(nil)
			}
			n = app.Node
		}
		for _, f := range n.Flags {
			for _, variable := range f.Envs {
				lines = append(lines, strings.TrimSpace(n.Path()+" --"+f.Name+" "+variable))
			}
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}
