package leftout

import (
	"slices"
	"strings"
)

// names are names and globs.
type names struct {
	exact map[string]bool
	globs []nameGlob
}

// nameGlob is a glob for one name.
type nameGlob struct {
	text  string
	match func(name string) bool
}

func newNames(list string) names {
	n := names{exact: map[string]bool{}}
	for _, p := range patternsOf(list) {
		if strings.ContainsAny(p, "*[") {
			n.globs = append(n.globs, nameGlob{p, matcher(p)})
		} else {
			n.exact[p] = true
		}
	}
	return n
}

func (n names) has(name string) bool {
	return n.exact[name] || slices.ContainsFunc(n.globs, func(g nameGlob) bool { return g.match(name) })
}
