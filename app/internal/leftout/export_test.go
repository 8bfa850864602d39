package leftout

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Judge decides on a path with the ignore files of the work folder and of the
// order's, which is at at.
func Judge(root, at, order, rel string, dir bool) Verdict {
	rs := Rules{Above: Parse([]byte(root)), At: at, Own: Parse([]byte(order))}
	return rs.judgePath(rel, dir, nil)
}

// Ignored reports whether rules leave a path out, also because of a folder above it.
func Ignored(text, rel string) bool {
	rs := Rules{Own: Parse([]byte(text))}
	for i := range rel {
		if rel[i] == '/' && rs.judgePath(rel[:i], true, nil).Out() {
			return true
		}
	}
	return rs.judgePath(rel, false, nil).Out()
}

func (r *Rules) judgePath(rel string, dir bool, head []byte) Verdict {
	above, name := path.Split(rel)
	return r.In(strings.TrimSuffix(above, "/"), func() []string { return []string{name} }, func(string) []byte { return head }).Judge(name, dir)
}

// PackageExts returns what the names of packages end in, sorted.
func PackageExts() []string {
	return slices.Sorted(maps.Keys(packs))
}
