package workfolder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrRulesChanged is returned when an ignore file is no longer what the caller
// has seen.
var ErrRulesChanged = errors.New("the ignore rules have been changed meanwhile; look at them again")

// RuleFault is a line of an ignore file that can never match.
type RuleFault struct {
	Line int // from 1 on
	Text string
}

// CheckRules returns the lines that are neither rules nor comments.
func CheckRules(text string) []RuleFault {
	faults := []RuleFault{}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		if _, ok := parseRule(line); !ok {
			faults = append(faults, RuleFault{n, strings.TrimSpace(line)})
		}
	}
	return faults
}

// Rules returns the text of the ignore file in a folder; "" when it has none.
func Rules(dir string) (string, error) {
	text, err := readRules(dir)
	return string(text), err
}

// SaveRules replaces the text of the ignore file in a folder, whole or not at
// all. before is what the caller has seen of it: ErrRulesChanged says that it is
// another one now.
func SaveRules(dir, before, text string) error {
	if len(text) > maxIgnoreFile {
		return fmt.Errorf("the ignore rules are larger than %d KiB", maxIgnoreFile>>10)
	}
	if !utf8.ValidString(text) {
		return errors.New("the ignore rules are not text in UTF-8")
	}
	now, err := Rules(dir)
	switch {
	case err != nil:
		return err
	case now == text:
		return nil
	case now != before:
		return ErrRulesChanged
	}
	return writeOwn(filepath.Join(dir, IgnoreFile), text)
}

// readRules reads the ignore file in dir; nil when there is none.
func readRules(dir string) ([]byte, error) {
	name := filepath.Join(dir, IgnoreFile)
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreFile+1))
	if err == nil && len(text) > maxIgnoreFile {
		err = fmt.Errorf("%s is larger than %d KiB", name, maxIgnoreFile>>10)
	}
	return text, err
}

// loadRules reads the rules of the ignore file in dir; none are no rules.
func loadRules(dir string) ([]rule, error) {
	text, err := readRules(dir)
	if err != nil {
		return nil, err
	}
	return parseRules(text), nil
}

// BuiltIn is what stays out of a delivery with no rules at all.
type BuiltIn struct {
	Reason   Reason
	Patterns []string // as lines of an ignore file
}

// BuiltIns lists what stays out with no rules at all, in a fixed order. A rule
// that begins with ! takes something of it in again.
func BuiltIns() []BuiltIn {
	ends := func(of map[string]bool, after string) (list []string) {
		for end := range of {
			list = append(list, "*"+end+after)
		}
		return list
	}
	begins := func(with []string) (list []string) {
		for _, start := range with {
			list = append(list, start+"*")
		}
		return list
	}
	var folders []string
	for name := range unfinishedFolders {
		folders = append(folders, name+"/")
	}
	// A Mac's file for a folder's picture ends in a line break, which no line can say.
	system := slices.DeleteFunc(slices.Collect(maps.Keys(systemNames)), func(name string) bool { return strings.HasSuffix(name, "\r") })
	sorted := func(lists ...[]string) []string {
		all := slices.Concat(lists...)
		slices.Sort(all)
		return slices.Compact(all)
	}
	return []BuiltIn{
		{Unfinished, sorted(folders)},
		{Temporary, sorted(ends(temporaryEnds, ""), ends(temporaryFolderEnds, "/"), begins(temporaryStarts), []string{"*~"})},
		{System, sorted(system, begins(systemStarts))},
		{Hidden, []string{".*"}},
	}
}
