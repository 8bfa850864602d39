package leftout

import (
	"bytes"
	"strings"
)

// IgnoreFile is the name of the files with ignore rules, in the work folder and in each
// order's folder. They have gitignore's syntax, but case and Unicode normalization are
// ignored, so that a rule has the same effect on every system.
const IgnoreFile = ".handoverignore"

// MaxIgnoreFile is the largest size of an ignore file, in bytes.
const MaxIgnoreFile = 64 << 10

// rule is a rule of an ignore file.
type rule struct {
	line     string
	negated  bool
	dirOnly  bool
	nameOnly bool // matches the name in any folder
	pattern  glob // folded
}

// List is the rules of one ignore file. The last matching rule decides.
type List []rule

// Parse parses an ignore file. It drops lines that cannot match.
func Parse(text []byte) List {
	var rules List
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
	p = Fold(strings.TrimPrefix(p, "/"))
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

// trimSpaces removes trailing spaces, except one after a backslash.
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

// decide applies the rules to a path. v is the verdict of the preceding rules; name is the
// folded last part of the path.
func (l List) decide(v Verdict, name, rel string, dir bool) Verdict {
	var split []string
	parts := func() []string {
		if split == nil {
			split = splitPath(Fold(rel))
		}
		return split
	}
	for i := len(l) - 1; i >= 0; i-- {
		if l[i].match(name, parts, dir) {
			if l[i].negated {
				return Verdict{}
			}
			return Verdict{Rule, l[i].line}
		}
	}
	return v
}
