// Command check runs every check and test of the project, one after the other, whatever fails, and sums them up.
// `make test` calls it after the set-up.
//
// Each step is announced with its duration and its counts; the output of a step is shown only when something in it failed or
// was skipped. The last line is `N passed, N failed`, and the exit status is 1 when anything failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "run only the steps whose name matches this regular expression")
	flag.Parse()
	selected, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: check [-only REGEXP]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	total := runAll(ctx, os.Stdout, steps(), selected)
	stop()
	if total.failed > 0 {
		os.Exit(1)
	}
}

// runAll runs the selected steps and ends out with the summary line.
func runAll(ctx context.Context, out io.Writer, steps []step, selected *regexp.Regexp) tally {
	var total tally
	var broken []string
	for _, s := range steps {
		if !selected.MatchString(s.name) {
			continue
		}
		t := s.run(ctx, out)
		total.passed += t.passed
		total.failed += t.failed
		if t.failed > 0 {
			broken = append(broken, s.name)
		}
	}
	for _, name := range broken {
		fmt.Fprintf(out, "FAILED: %s\n", name)
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", total.passed, total.failed)
	return total
}

// run runs the step's commands until one fails and prints how it went.
func (s step) run(ctx context.Context, out io.Writer) tally {
	fmt.Fprintf(out, "%s …\n", s.name)
	ctx, cancel := context.WithTimeout(ctx, s.limit())
	defer cancel()
	start := time.Now()
	var output []byte
	var failure error
	for _, command := range s.commands {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "CI=1", "NO_COLOR=1") // and no watch mode
		// The desktop session of the window's tests cleans up when it is asked to end.
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 20 * time.Second
		output, failure = cmd.CombinedOutput()
		if ctx.Err() != nil {
			failure = fmt.Errorf("ended after %s: %w", s.limit(), context.Cause(ctx))
		}
		if failure != nil {
			break
		}
	}
	t := s.count(output, failure)
	if t.details != "" {
		fmt.Fprintf(out, "%s\n", t.details)
	}
	if failure != nil {
		fmt.Fprintf(out, "%v\n", failure)
	}
	fmt.Fprintf(out, "  %s in %.1f s\n", t, time.Since(start).Seconds())
	return t
}
