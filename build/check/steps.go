package main

import "time"

// A step is one thing that is checked: commands run from the top of the checkout, and the way to read the last one's output.
type step struct {
	name     string
	commands [][]string
	count    func(output []byte, failure error) tally
	timeout  time.Duration
}

func (s step) limit() time.Duration {
	if s.timeout > 0 {
		return s.timeout
	}
	return 10 * time.Minute
}

// steps are in the order in which a later one may use what an earlier one built.
func steps() []step {
	return []step{
		{name: "frontend build", commands: [][]string{target("frontend")}, count: countCommand},
		{name: "gofmt", commands: [][]string{{"gofmt", "-l", "main.go", "app", "backend", "build", "frontend/embed.go"}}, count: countSilent},
		{name: "go vet", commands: [][]string{{"go", "vet", "./..."}}, count: countCommand},
		{name: "go vet with the window", commands: [][]string{{"go", "vet", "-tags", "webkit2_41,dev", "./..."}}, count: countCommand},
		{name: "golangci-lint", commands: [][]string{target("lint")}, count: countCommand},
		{name: "shell scripts", commands: [][]string{{"bash", "-c", `for f in build/*.sh build/e2e/*.sh build/bench/*.sh .ci/run; do bash -n "$f" || exit 1; done`}}, count: countCommand},
		{name: "API types are current", commands: [][]string{{"build/api.sh", "--check"}}, count: countCommand},
		{name: "clients from the API's description", commands: [][]string{{"build/clients.sh"}}, count: countCommand},
		{name: "bindings are current", commands: [][]string{{"build/bindings.sh", "--check"}}, count: countCommand},
		{name: "S3 service of the tests", commands: [][]string{target("s3-service")}, count: countCommand},
		{name: "Go tests", commands: [][]string{{"go", "test", "-race", "-shuffle=on", "-json", "./..."}}, count: countGoTests, timeout: 20 * time.Minute},
		{name: "frontend types", commands: [][]string{script("check")}, count: countCommand},
		{name: "frontend lint", commands: [][]string{script("lint")}, count: countCommand},
		{name: "frontend tests", commands: [][]string{script("test")}, count: countSummary},
		{name: "programs", commands: [][]string{target("window", "window-dev", "cli", "server")}, count: countCommand},
		{name: "browser tests", commands: [][]string{browserTests}, count: countSummary, timeout: 20 * time.Minute},
		{name: "window test", commands: [][]string{{"build/e2e/xsession.sh", "build/e2e/smoke.sh"}}, count: countSummary},
		{name: "desktop test", commands: [][]string{{"build/e2e/xsession.sh", "build/e2e/desktop.sh"}}, count: countSummary},
	}
}

// browserTests drive the programs that the step before has built.
var browserTests = []string{"bash", "-c", `HANDOVER_SERVER=$PWD/bin/handover-server HANDOVER_CLI=$PWD/bin/handover \
	HANDOVER_DESKTOP_DEV=$PWD/.cache/handover-desktop-dev exec build/e2e/xsession.sh npm --prefix frontend run --silent e2e`}

func target(names ...string) []string {
	return append([]string{"make", "--no-print-directory"}, names...)
}

func script(name string) []string {
	return []string{"npm", "--prefix", "frontend", "run", "--silent", name}
}
