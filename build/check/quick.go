package main

import (
	"context"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// afterEdit checks what differs from the commit before the last: all of it compiles, and the packages that were changed pass
// the linter and their short tests. What depends on them is left to `make test`.
func afterEdit(ctx context.Context) (plan, error) {
	changed, err := changedFiles(ctx)
	if err != nil {
		return plan{}, err
	}
	backend := lane{format(), scripts()}
	if packages := packagesOf(changed); len(packages) > 0 {
		backend = append(backend,
			step{name: "everything compiles", commands: [][]string{{"go", "build", "./..."}}, count: countCommand},
			step{name: "golangci-lint", commands: [][]string{append(target("lint"), "CHANGED="+strings.Join(packages, " "))}, count: countCommand},
			step{name: "Go tests", commands: [][]string{append([]string{"go", "test", "-short", "-json", "-p", "4"}, packages...)}, count: countGoTests},
		)
	}
	p := plan{lanes: []lane{backend}}
	if slices.ContainsFunc(changed, func(name string) bool { return strings.HasPrefix(name, "frontend/") }) {
		p.lanes = append(p.lanes, lane{
			{name: "frontend types", commands: [][]string{script("check")}, count: countCommand},
			{name: "frontend tests", commands: [][]string{script("test")}, count: countSummary},
			{name: "frontend lint", commands: [][]string{script("lint")}, count: countCommand},
		})
	}
	return p, nil
}

func changedFiles(ctx context.Context) ([]string, error) {
	var names []string
	for _, args := range [][]string{{"diff", "--name-only", "HEAD~1"}, {"ls-files", "--others", "--exclude-standard"}} {
		out, err := exec.CommandContext(ctx, "git", args...).Output()
		if err != nil {
			return nil, fmt.Errorf("git %s: %w", args[0], err)
		}
		names = append(names, strings.Fields(string(out))...)
	}
	return names, nil
}

// packagesOf returns the packages of this module in which Go files were changed, as patterns for the go command.
func packagesOf(changed []string) []string {
	var packages []string
	for _, name := range changed {
		dir := path.Dir(name)
		if found, _ := filepath.Glob(filepath.Join(dir, "*.go")); path.Ext(name) == ".go" && len(found) > 0 {
			packages = append(packages, "./"+dir)
		}
	}
	slices.Sort(packages)
	return slices.Compact(packages)
}
