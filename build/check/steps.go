package main

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A step is one thing that is checked: commands run from the top of the checkout, and the way to read the last one's output.
type step struct {
	name     string
	commands [][]string
	env      []string // added to the environment, as NAME=value
	count    func(output []byte, failure error) tally
	timeout  time.Duration
	tests    bool // whether it runs the project's programs, and may depend on the date
}

func (s step) limit() time.Duration {
	if s.timeout > 0 {
		return s.timeout
	}
	return 10 * time.Minute
}

// A lane is a sequence of steps, in which a later one may use what an earlier one built.
type lane []step

// A plan is built first; its lanes then run side by side, because much of what they do is waiting.
type plan struct {
	first lane
	lanes []lane
	last  lane
}

// only keeps the steps whose names match. If a step among them runs the programs, these are still built first: otherwise they
// might be left from an earlier edit, or from another date.
func (p plan) only(names *regexp.Regexp) plan {
	matches := func(s step) bool { return names.MatchString(s.name) }
	runsPrograms := false
	lanes := make([]lane, len(p.lanes))
	for i, l := range p.lanes {
		lanes[i] = l.filter(matches)
		runsPrograms = runsPrograms || slices.ContainsFunc(lanes[i], func(s step) bool { return s.tests })
	}
	if runsPrograms {
		return plan{p.first, lanes, p.last}
	}
	return plan{p.first.filter(matches), lanes, p.last.filter(matches)}
}

func (l lane) filter(keep func(step) bool) lane {
	return slices.DeleteFunc(slices.Clone(l), func(s step) bool { return !keep(s) })
}

// everything is what `make test` checks; race says whether the Go tests look for data races, which triples their time. The
// linter includes go vet, and knows the window's build tags.
func everything(race bool) plan {
	return plan{
		first: lane{
			{name: "frontend build", commands: [][]string{target("frontend")}, count: countCommand},
			programs(),
		},
		lanes: []lane{
			{
				format(),
				scripts(),
				{name: "S3 service of the tests", commands: [][]string{target("s3-service")}, count: countCommand},
				goTests(race),
			},
			{
				{name: "golangci-lint", commands: [][]string{target("lint")}, count: countCommand},
				{name: "API types are current", commands: [][]string{{"build/api.sh", "--check"}}, count: countCommand},
				{name: "clients from the description", commands: [][]string{{"build/clients.sh"}}, count: countCommand},
				{name: "bindings are current", commands: [][]string{{"build/bindings.sh", "--check"}}, count: countCommand},
			},
			{
				{name: "browser tests", commands: [][]string{browserTests}, count: countSummary, timeout: 40 * time.Minute, tests: true},
				{name: "window test", commands: [][]string{{"build/e2e/xsession.sh", "build/e2e/smoke.sh"}}, count: countSummary, tests: true},
				{name: "desktop test", commands: [][]string{{"build/e2e/xsession.sh", "build/e2e/desktop.sh"}}, count: countSummary, tests: true},
				{name: "frontend types", commands: [][]string{script("check")}, count: countCommand},
				{name: "frontend lint", commands: [][]string{script("lint")}, count: countCommand},
				{name: "frontend tests", commands: [][]string{script("test")}, count: countSummary, tests: true},
			},
		},
	}
}

func programs() step {
	return step{name: "programs", commands: [][]string{target("cli", "server", "window-dev", "window")}, count: countCommand}
}

func format() step {
	return step{name: "gofmt", commands: [][]string{{"gofmt", "-l", "main.go", "app", "backend", "build", "internal", "frontend/embed.go"}}, count: countSilent}
}

func scripts() step {
	return step{name: "shell scripts", commands: [][]string{{"bash", "-c", `for f in build/*.sh build/e2e/*.sh build/bench/*.sh .ci/run; do bash -n "$f" || exit 1; done`}}, count: countCommand}
}

// goTests runs four packages at once, because their tests wait more than they compute.
func goTests(race bool) step {
	command := []string{"go", "test", "-race=" + strconv.FormatBool(race), "-vet=off", "-shuffle=on", "-json", "-p", "4", "-timeout", "40m"}
	if race {
		for _, packages := range unwatched {
			command = append(command, "-gcflags="+packages+"=-race=false")
		}
	}
	command = append(command, "./...")
	return step{name: "Go tests", commands: [][]string{command}, count: countGoTests, timeout: 50 * time.Minute, tests: true}
}

// unwatched are packages that only compute on memory of their caller, in which the detector of data races took most of the time
// of many tests: decoders, compressors, and the pages of bbolt, whose callers hold its locks. Code that shares its memory, such as
// encoding/json, stays watched.
var unwatched = []string{"go.etcd.io/bbolt", "compress/...", "image/...", "golang.org/x/image/..."}

// browserTests drive the programs that were built first.
var browserTests = []string{"bash", "-c", `HANDOVER_SERVER=$PWD/bin/handover-server HANDOVER_CLI=$PWD/bin/handover \
	HANDOVER_DESKTOP_DEV=$PWD/.cache/handover-desktop-dev exec build/e2e/xsession.sh npm --prefix frontend run --silent e2e`}

func target(names ...string) []string {
	return append([]string{"make", "--no-print-directory"}, names...)
}

func script(name string) []string {
	return []string{"npm", "--prefix", "frontend", "run", "--silent", name}
}
