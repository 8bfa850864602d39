package workfolder

import (
	"bytes"
	"path"
	"strings"
)

// IgnoreFile is the name of the files with ignore rules: one in the work
// folder, one in each order's folder. They have gitignore's syntax, except that
// case and Unicode's normal forms make no difference, so that a rule means the
// same on every system.
const IgnoreFile = ".handoverignore"

// maxIgnoreFile is how large an ignore file may be, in bytes.
const maxIgnoreFile = 64 << 10

// rule is a line of an ignore file.
type rule struct {
	line     string
	negated  bool
	dirOnly  bool
	nameOnly bool // matches the name, wherever it lies
	pattern  glob // folded
}

// parseRules reads the lines of an ignore file. What cannot match is dropped.
func parseRules(text []byte) []rule {
	var rules []rule
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for line := range strings.Lines(string(text)) {
		if r, ok := parseRule(strings.TrimRight(line, "\r\n")); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

func parseRule(line string) (rule, bool) {
	r := rule{line: strings.TrimSpace(line)}
	p := trimSpaces(line)
	if p == "" || p[0] == '#' {
		return r, false
	}
	if p[0] == '!' {
		r.negated = true
		p = p[1:]
	}
	if q, ok := strings.CutSuffix(p, "/"); ok {
		r.dirOnly = true
		p = q
	}
	r.nameOnly = !strings.Contains(p, "/")
	p = folded(strings.TrimPrefix(p, "/"))
	if p == "" {
		return r, false
	}
	r.pattern = splitPath(p)
	for _, name := range r.pattern {
		if name == "" || !wellFormed(name) {
			return r, false
		}
	}
	return r, true
}

// trimSpaces drops spaces at the end, except one after a backslash.
func trimSpaces(s string) string {
	for strings.HasSuffix(s, " ") {
		slashes := len(s) - 1 - len(strings.TrimRight(s[:len(s)-1], `\`))
		if slashes%2 == 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}

func (r rule) match(name string, parts func() []string, dir bool) bool {
	switch {
	case r.dirOnly && !dir:
		return false
	case r.nameOnly && r.pattern[0] != "**":
		return matchName(r.pattern[0], name)
	}
	return r.pattern.match(parts())
}

// rules decide what of an order is left out. They may be used by several
// goroutines.
type rules struct {
	root  []rule // of the work folder
	at    string // the order's folder within the work folder, with slashes
	order []rule // of the order's folder
}

// verdict is why something is left out; the zero value: it is not.
type verdict struct {
	reason Reason
	detail string
}

// judge decides on a path within the order's folder none of whose folders is
// left out. The last rule that matches decides: built-in ones come first, then
// the work folder's, then the order's.
func (rs *rules) judge(rel string, dir bool) verdict {
	name := path.Base(rel)
	v := verdict{reason: builtIn(name, dir)}
	if len(rs.root)+len(rs.order) == 0 {
		return v
	}
	name = folded(name)
	v = apply(rs.root, v, name, path.Join(rs.at, rel), dir)
	return apply(rs.order, v, name, rel, dir)
}

func apply(list []rule, v verdict, name, rel string, dir bool) verdict {
	var split []string
	parts := func() []string {
		if split == nil {
			split = splitPath(folded(rel))
		}
		return split
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].match(name, parts, dir) {
			if list[i].negated {
				return verdict{}
			}
			return verdict{Rule, list[i].line}
		}
	}
	return v
}
