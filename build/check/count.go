package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A tally is what a step found. Details is what a reader needs to see of its output.
type tally struct {
	passed, failed, skipped int
	details                 string
}

func (t tally) String() string {
	text := fmt.Sprintf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		text += fmt.Sprintf(", %d skipped", t.skipped)
	}
	return text
}

// countCommand counts the command itself as one check.
func countCommand(output []byte, failure error) tally {
	if failure != nil {
		return tally{failed: 1, details: string(bytes.TrimSpace(output))}
	}
	return tally{passed: 1}
}

// countSilent is countCommand for a command that says what is wrong but exits 0.
func countSilent(output []byte, failure error) tally {
	if failure == nil && len(bytes.TrimSpace(output)) > 0 {
		failure = errors.New("not formatted")
	}
	return countCommand(output, failure)
}

// A summary line is "2 passed, 1 failed" (the project's own scripts) or "Tests  1 failed | 2 passed (3)" (vitest).
var (
	summaryLine = regexp.MustCompile(`(?m)^\s*(?:Tests\s+)?\d+ (?:passed|failed)\b.*$`)
	passedCount = regexp.MustCompile(`(\d+) passed`)
	failedCount = regexp.MustCompile(`(\d+) failed`)
	colours     = regexp.MustCompile(`\x1b\[[0-9;]*m`)
)

// countSummary reads the last summary line of a test runner. A runner without one counts as failed: it cannot have run.
func countSummary(output []byte, failure error) tally {
	output = colours.ReplaceAll(output, nil)
	lines := summaryLine.FindAll(output, -1)
	if len(lines) == 0 {
		t := countCommand(output, errors.New("no summary"))
		t.details += "\n(no line with the number of passed tests)"
		return t
	}
	last := lines[len(lines)-1]
	t := tally{passed: number(passedCount, last), failed: number(failedCount, last)}
	if failure != nil && t.failed == 0 {
		t.failed = 1
	}
	if t.failed > 0 {
		t.details = string(bytes.TrimSpace(output))
	}
	return t
}

func number(pattern *regexp.Regexp, line []byte) int {
	match := pattern.FindSubmatch(line)
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(match[1])) // only digits match
	return n
}

// A testEvent is a line of `go test -json` (go doc test2json); ImportPath marks the compiler's output.
type testEvent struct {
	Action, Package, ImportPath, Test, Output string
}

// countGoTests counts the leaves of the test tree, so that a table of ten cases counts as ten, and a package that failed
// outside of its tests (it did not compile, it panicked, a race in TestMain) as one.
func countGoTests(output []byte, failure error) tally {
	var t tally
	var details strings.Builder
	printed := map[string]*strings.Builder{} // output by package and test
	failedIn := map[string]bool{}            // packages and tests in which something failed that is already counted
	parents := map[string]bool{}
	for line := range bytes.Lines(output) {
		var e testEvent
		if json.Unmarshal(line, &e) != nil {
			details.Write(line) // not from a test: go itself complains
			continue
		}
		key := e.Package + e.ImportPath + " " + e.Test
		if printed[key] == nil {
			printed[key] = &strings.Builder{}
			for parent := range parentsOf(key) {
				parents[parent] = true
			}
		}
		switch e.Action {
		case "output", "build-output":
			printed[key].WriteString(e.Output)
		case "build-fail":
			details.WriteString(printed[key].String())
		case "pass":
			if e.Test != "" && !parents[key] {
				t.passed++
			}
		case "skip":
			if e.Test != "" {
				t.skipped++
				details.WriteString(printed[key].String())
			}
		case "fail":
			details.WriteString(printed[key].String())
			if !failedIn[key] {
				t.failed++
			}
			for parent := range parentsOf(key) {
				failedIn[parent] = true
			}
		}
	}
	if failure != nil && t.failed == 0 {
		t.failed = 1
	}
	t.details = strings.TrimSpace(details.String())
	return t
}

// parentsOf yields the tests above a test, and its package.
func parentsOf(key string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		pkg, test, _ := strings.Cut(key, " ")
		for test != "" {
			test = test[:max(strings.LastIndexByte(test, '/'), 0)]
			if !yield(pkg + " " + test) {
				return
			}
		}
	}
}
