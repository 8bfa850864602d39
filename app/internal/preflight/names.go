package preflight

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words are whole words in a path that mark unfinished work.
var words = []string{
	"draft", "drafts", "entwurf", "entwürfe", "wip", "sample", "samples", "muster",
	"preview", "previews", "vorschau", "temp", "tmp", "kopie",
}

// copies match the names that systems give to copies. The word alone is not enough:
// "copy" is also an advertiser's text.
var copies = regexp.MustCompile(`\((copy)( \d+)?\)` +
	`|(?:[-–_] ?(copy)( ?\(\d+\))?| (copy) \d+)(?:\.[^./]*)?(?:/|$)` +
	`|(?:^|/)(copy) of `)

// telling returns the word in the path that marks unfinished work, in lower case; "" for
// none.
func telling(path string) string {
	// Normalize: some systems decompose "ü", and some letters have several widths.
	path = norm.NFKC.String(path)
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, word := range append(parts(part), part) {
			if word = strings.ToLower(word); slices.Contains(words, word) {
				return word
			}
		}
	}
	for _, m := range copies.FindStringSubmatch(strings.ToLower(path)) {
		if m == "copy" {
			return m
		}
	}
	return ""
}

// parts splits words at capital letters, as in FilmDraft.
func parts(word string) []string {
	var list []string
	begin, before := 0, rune(0)
	for i, r := range word {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			list = append(list, word[begin:i])
			begin = i
		}
		before = r
	}
	return append(list, word[begin:])
}
