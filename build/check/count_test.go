package main

import (
	"errors"
	"strings"
	"testing"
)

var errExit = errors.New("exit status 1")

func TestCountSummary(t *testing.T) {
	for name, c := range map[string]struct {
		output  string
		failure error
		want    string
	}{
		"own scripts":             {"ok one\n2 passed, 0 failed\n", nil, "2 passed, 0 failed"},
		"vitest":                  {" Test Files  1 passed (1)\n      Tests  12 passed (12)\n   Start at  1:00\n", nil, "12 passed, 0 failed"},
		"vitest with a failure":   {"      Tests  1 failed | 3 passed (4)\n", errExit, "3 passed, 1 failed"},
		"colours":                 {"\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m2 passed\x1b[39m (2)\n", nil, "2 passed, 0 failed"},
		"the last line counts":    {"1 passed, 0 failed\n7 passed, 0 failed\n", nil, "7 passed, 0 failed"},
		"crash after the summary": {"2 passed, 0 failed\n", errExit, "2 passed, 1 failed"},
		"no test ran":             {"hello\n", nil, "0 passed, 1 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := countSummary([]byte(c.output), c.failure).String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCountGoTests(t *testing.T) {
	const goodAndBad = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"wrong sum\n"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"run","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"fine\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"needs a server\n"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}
`
	const broken = `{"ImportPath":"p [p.test]","Action":"build-output","Output":"syntax error\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}
`
	const panicked = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"panic in TestMain\n"}
{"Action":"fail","Package":"p"}
`
	for name, c := range map[string]struct {
		output, want, shows string
	}{
		"leaves count once":       {goodAndBad, "2 passed, 1 failed, 1 skipped", "wrong sum"},
		"a skip says why":         {goodAndBad, "2 passed, 1 failed, 1 skipped", "needs a server"},
		"does not compile":        {broken, "0 passed, 1 failed", "syntax error"},
		"fails outside of a test": {panicked, "1 passed, 1 failed", "panic in TestMain"},
		"go itself cannot run":    {"go: no such tool\n", "0 passed, 1 failed", "no such tool"},
	} {
		t.Run(name, func(t *testing.T) {
			got := countGoTests([]byte(c.output), errExit)
			if got.String() != c.want || !strings.Contains(got.details, c.shows) {
				t.Errorf("got %q with %q, want %q with %q", got, got.details, c.want, c.shows)
			}
			if strings.Contains(got.details, "fine") {
				t.Errorf("shows what passed: %q", got.details)
			}
		})
	}
}
