package leftout

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// glob is a gitignore pattern, split at its slashes. Matching takes time proportional to
// pattern and path for every pattern.
type glob []string

// match reports whether the whole path matches. Both are folded.
func (g glob) match(parts []string) bool {
	star, mark := -1, 0 // index of the last **, and how many parts it has matched
	p, i := 0, 0
	for i < len(parts) || p < len(g) {
		switch {
		case p < len(g) && g[p] == "**":
			if p == len(g)-1 {
				return i < len(parts) // "a/**" matches everything inside a, but not a itself
			}
			star, mark = p, i
			p++
		case p < len(g) && i < len(parts) && matchName(g[p], parts[i]):
			p, i = p+1, i+1
		case star >= 0 && mark < len(parts):
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return true
}

// matchName matches one name: * matches any characters, ? a single one, [a-z] and [!a-z] a character in a
// set, and \ the next character literally.
func matchName(pattern, name string) bool {
	star, mark := -1, 0
	p, i := 0, 0
	for i < len(name) || p < len(pattern) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, i
			p++
			continue
		}
		if i < len(name) {
			if np, ni, ok := matchOne(pattern[p:], name[i:]); ok {
				p, i = p+np, i+ni
				continue
			}
		}
		if star < 0 || mark >= len(name) {
			return false
		}
		_, size := utf8.DecodeRuneInString(name[mark:])
		mark += size
		p, i = star+1, mark
	}
	return true
}

// matchOne matches the first character of the name against the beginning of the pattern. It
// returns how many bytes of each it used.
func matchOne(pattern, name string) (np, ni int, ok bool) {
	if pattern == "" {
		return 0, 0, false
	}
	r, size := utf8.DecodeRuneInString(name)
	switch pattern[0] {
	case '?':
		return 1, size, true
	case '[':
		n, in := matchSet(pattern, r)
		return n, size, in
	case '\\':
		if len(pattern) == 1 {
			return 0, 0, false
		}
		want, n := utf8.DecodeRuneInString(pattern[1:])
		return 1 + n, size, want == r
	}
	want, n := utf8.DecodeRuneInString(pattern)
	return n, size, want == r
}

// matchSet matches a set in brackets, which must be closed.
func matchSet(pattern string, r rune) (n int, in bool) {
	i, negated := 1, false
	if pattern[i] == '!' || pattern[i] == '^' {
		negated = true
		i++
	}
	for first := true; first || pattern[i] != ']'; first = false {
		if name, ok := setClass(pattern[i:]); ok {
			in = in || classes[name](r)
			i += len("[:" + name + ":]")
			continue
		}
		low, size := setRune(pattern[i:])
		i += size
		high := low
		if pattern[i] == '-' && pattern[i+1] != ']' {
			high, size = setRune(pattern[i+1:])
			i += 1 + size
		}
		in = in || low <= r && r <= high
	}
	return i + 1, in != negated
}

// classes are the named character classes. Case is ignored.
var classes = map[string]func(rune) bool{
	"alnum": func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) },
	"alpha": unicode.IsLetter, "lower": unicode.IsLetter, "upper": unicode.IsLetter,
	"digit": unicode.IsDigit, "punct": func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) },
	"space": unicode.IsSpace, "blank": func(r rune) bool { return r == ' ' || r == '\t' },
	"cntrl": unicode.IsControl, "print": unicode.IsPrint, "graph": unicode.IsGraphic,
	"xdigit": func(r rune) bool { return unicode.Is(unicode.ASCII_Hex_Digit, r) },
}

// setClass returns the class name at the beginning of the pattern.
func setClass(pattern string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(pattern, "[:")
	if !ok {
		return "", false
	}
	name, _, ok = strings.Cut(rest, ":]")
	return name, ok && classes[name] != nil
}

func setRune(pattern string) (rune, int) {
	if pattern[0] == '\\' {
		r, size := utf8.DecodeRuneInString(pattern[1:])
		return r, 1 + size
	}
	return utf8.DecodeRuneInString(pattern)
}

// wellFormed reports whether every set in the pattern is closed and the pattern does not end
// with a backslash. As in git, other patterns match nothing.
func wellFormed(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			if i++; i == len(pattern) {
				return false
			}
		case '[':
			n := setLength(pattern[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		}
	}
	return true
}

// setLength returns the length of the set at the beginning of the pattern; 0 if it is not
// closed.
func setLength(pattern string) int {
	i := 1
	if i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^') {
		i++
	}
	for first := true; i < len(pattern); first = false {
		switch {
		case pattern[i] == ']' && !first:
			return i + 1
		case pattern[i] == '\\':
			i++
		case pattern[i] == '[':
			if name, ok := setClass(pattern[i:]); ok {
				i += len("[:"+name+":]") - 1
			}
		}
		i++
	}
	return 0
}

func splitPath(path string) []string { return strings.Split(path, "/") }
