// Command check runs every check and test of the project, whatever fails, and sums them up. `make test` calls it after the
// set-up, `make quick` after an edit, and `make test-dates` under other clocks.
//
// Each step is announced with its duration, the processor time it took and its counts; the output of a step is shown only when
// something in it failed or was skipped. The last line is `N passed, N failed`, and the exit status is 1 when anything failed.
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
	"sync"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "run only the steps whose name matches this regular `expression`")
	quick := flag.Bool("quick", false, "run the checks that one wants after an edit, on what differs from the last commit")
	date := flag.String("date", "", "run the tests as if now were this `time`: RFC 3339, or a shift such as +40d")
	flag.Parse()
	selected, err := regexp.Compile(*only)
	if err != nil || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: check [-only REGEXP] [-quick | -date TIME]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := choose(ctx, *quick, *date)
	if err != nil {
		fmt.Fprintf(os.Stderr, "check: %v\n0 passed, 1 failed\n", err)
		os.Exit(1)
	}
	if total := p.only(selected).run(ctx, os.Stdout); total.failed > 0 {
		os.Exit(1)
	}
}

func choose(ctx context.Context, quick bool, date string) (plan, error) {
	switch {
	case date != "":
		return onDate(ctx, date)
	case quick:
		return afterEdit(ctx)
	}
	return everything(true), nil
}

// A report collects the results of steps that run side by side.
type report struct {
	mu     sync.Mutex
	out    io.Writer
	total  tally
	broken []string
}

func (r *report) printf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, format, args...)
}

// run runs every step and ends out with the summary line.
func (p plan) run(ctx context.Context, out io.Writer) tally {
	r := &report{out: out}
	start := time.Now()
	p.first.run(ctx, r)
	var running sync.WaitGroup
	for _, l := range p.lanes {
		running.Go(func() { l.run(ctx, r) })
	}
	running.Wait()
	p.last.run(ctx, r)
	for _, name := range r.broken {
		fmt.Fprintf(out, "FAILED: %s\n", name)
	}
	fmt.Fprintf(out, "all in %.0f s\n%d passed, %d failed\n", time.Since(start).Seconds(), r.total.passed, r.total.failed)
	return r.total
}

func (l lane) run(ctx context.Context, r *report) {
	for _, s := range l {
		r.printf("%s …\n", s.name)
		t, text := s.run(ctx)
		r.mu.Lock()
		r.total.passed += t.passed
		r.total.failed += t.failed
		if t.failed > 0 {
			r.broken = append(r.broken, s.name)
		}
		fmt.Fprint(r.out, text)
		r.mu.Unlock()
	}
}

// run runs the step's commands until one fails. The text says how it went.
func (s step) run(ctx context.Context) (tally, string) {
	ctx, cancel := context.WithTimeout(ctx, s.limit())
	defer cancel()
	start := time.Now()
	var output []byte
	var failure error
	var processor time.Duration
	for _, command := range s.commands {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Env = append(append(os.Environ(), "CI=1", "NO_COLOR=1"), s.env...) // CI=1: no watch mode
		// The desktop session of the window's tests cleans up when it is asked to end.
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 20 * time.Second
		output, failure = cmd.CombinedOutput()
		if cmd.ProcessState != nil {
			processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		if ctx.Err() != nil {
			failure = fmt.Errorf("ended after %s: %w", s.limit(), context.Cause(ctx))
		}
		if failure != nil {
			break
		}
	}
	t := s.count(output, failure)
	text := fmt.Sprintf("%s: %s in %.1f s (%.1f s of processor)\n", s.name, t, time.Since(start).Seconds(), processor.Seconds())
	if failure != nil {
		text = fmt.Sprintf("%v\n", failure) + text
	}
	if t.details != "" {
		text = t.details + "\n" + text
	}
	return t, text
}
