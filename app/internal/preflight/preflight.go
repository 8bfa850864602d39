// Package preflight names what in a draft looks unfinished. It warns; the
// seller decides.
package preflight

import (
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Code is a kind of finding.
type Code string

// The kinds of findings.
const (
	UnfinishedName Code = "unfinished_name" // the name says draft, sample, …
	EmptyFile      Code = "empty_file"
	Missing        Code = "missing"
	Unreadable     Code = "unreadable"
	Changing       Code = "changing"  // written to a moment ago
	Duplicate      Code = "duplicate" // the same content as another file
)

// Finding is something that looks unfinished.
type Finding struct {
	Code Code   `json:"code"`
	Path string `json:"path"`
	// Hint is the telling word of a name, or the path of a duplicate's twin.
	Hint string `json:"hint,omitempty"`
}

// String says it in English.
func (f Finding) String() string {
	switch f.Code {
	case UnfinishedName:
		return f.Path + ": its name says “" + f.Hint + "”; is it the finished work?"
	case EmptyFile:
		return f.Path + ": the file is empty"
	case Missing:
		return f.Path + ": the file is no longer there"
	case Unreadable:
		return f.Path + ": the file cannot be read"
	case Changing:
		return f.Path + ": the file was written to just now; is it complete?"
	case Duplicate:
		return f.Path + ": the same content as " + f.Hint
	}
	return f.Path + ": " + string(f.Code)
}

// File is what is known of a file of a draft.
type File struct {
	Path   string // as the buyer will see it
	Source string // on this computer
	SHA256 string // "" when not known yet
}

// rest is how long ago a finished file was last written to, at least.
const rest = 2 * time.Second

// Check returns what looks unfinished, by path. now is compared with when the
// files were last written to.
func Check(files []File, now time.Time) []Finding {
	findings := []Finding{}
	first := map[string]string{} // digest -> path
	for _, f := range files {
		if word := telling(f.Path); word != "" {
			findings = append(findings, Finding{UnfinishedName, f.Path, word})
		}
		if code := inspect(f.Source, now); code != "" {
			findings = append(findings, Finding{code, f.Path, ""})
			continue
		}
		if f.SHA256 == "" {
			continue
		}
		if twin, seen := first[f.SHA256]; seen {
			findings = append(findings, Finding{Duplicate, f.Path, twin})
		} else {
			first[f.SHA256] = f.Path
		}
	}
	return findings
}

// inspect looks at the file itself.
func inspect(source string, now time.Time) Code {
	info, err := os.Stat(source)
	switch {
	case os.IsNotExist(err):
		return Missing
	case err != nil:
		return Unreadable
	case info.Size() == 0:
		return EmptyFile
	}
	if age := now.Sub(info.ModTime()); age >= 0 && age < rest {
		return Changing
	}
	f, err := os.Open(source)
	if err != nil {
		return Unreadable
	}
	f.Close()
	return ""
}

var (
	words = []string{
		"draft", "drafts", "entwurf", "entwürfe", "wip", "sample", "samples", "muster",
		"preview", "previews", "vorschau", "temp", "tmp",
	}
	marks = []string{"(copy)", "(kopie)", " - copy", " - kopie", "copy of ", "kopie von "}
)

// telling returns the word in the path that says it is not the final work.
func telling(path string) string {
	// Some systems take "ü" apart; put it together for the comparison.
	lower := strings.ReplaceAll(strings.ToLower(path), "u\u0308", "ü")
	for _, part := range strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if slices.Contains(words, part) {
			return part
		}
	}
	for _, m := range marks {
		if strings.Contains(lower, m) {
			return strings.Trim(m, " -()")
		}
	}
	return ""
}
