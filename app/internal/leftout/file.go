package leftout

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// RuleFault is a line of an ignore file that can never match.
type RuleFault struct {
	Line int // from 1
	Text string
}

// Check returns the lines that are neither valid rules nor comments.
func Check(text string) []RuleFault {
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

// Text returns the text of a folder's ignore file; "" if the file is missing.
func Text(dir string) (string, error) {
	text, err := readRules(dir)
	return string(text), err
}

// readRules reads the ignore file in dir; nil if the file is missing.
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
	text, err := io.ReadAll(io.LimitReader(f, MaxIgnoreFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxIgnoreFile {
		return nil, fmt.Errorf("%s is larger than %d KiB", name, MaxIgnoreFile>>10)
	}
	return text, nil
}

// Load reads the rules of the ignore file in dir. A missing file has no rules.
func Load(dir string) (List, error) {
	text, err := readRules(dir)
	if err != nil {
		return nil, err
	}
	return Parse(text), nil
}
