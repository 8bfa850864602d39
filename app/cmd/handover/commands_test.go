//go:build unix

package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// serverCommand is `server start [FLAG…] | stop | kill | pause | resume`. The
// first start picks a port, later ones keep it.
func serverCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: server start [FLAG…] | stop | kill | pause | resume")
	}
	s := stageOf(ts)
	switch args[0] {
	case "start":
		listen := ""
		if s.server != nil {
			listen = s.server.listenAddress()
		}
		s.data = ts.Getenv("DATA")
		started, err := startServer(s.data, listen, environment(ts, "HANDOVER_REVIEW_PERIOD", "HANDOVER_RESERVE"), args[1:]...)
		ts.Check(err)
		s.server = started
		ts.Setenv("SERVER", started.url)
	case "stop":
		ts.Check(s.server.stop())
	case "kill":
		ts.Check(s.server.kill())
	case "pause":
		ts.Check(s.server.cmd.Process.Signal(syscall.SIGSTOP))
		ts.Check(stopped(s.server.cmd.Process.Pid))
	case "resume":
		ts.Check(s.server.cmd.Process.Signal(syscall.SIGCONT))
	default:
		ts.Fatalf("server %s?", args[0])
	}
}

// stopped waits until every thread of the process stands still: on a busy
// system one that has not heard of it yet may go on for a while.
func stopped(pid int) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(threads) == 0 { // not on Linux
			return err
		}
		running := slices.ContainsFunc(threads, func(name string) bool {
			stat, err := os.ReadFile(name)
			return err == nil && !strings.Contains(string(stat), ") T ")
		})
		if !running {
			return nil
		}
	}
	return errors.New("the server does not stand still")
}

// environment is the process's, with the named variables of the script.
func environment(ts *testscript.TestScript, names ...string) []string {
	env := os.Environ()
	for _, name := range names {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// prepareCommand is `prepare [FLAG…]`: starts a server with the flags, makes the
// seller Eva, signs her in and places an order of hers; see placeCommand.
func prepareCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("prepare always works")
	}
	serverCommand(ts, false, append([]string{"start"}, args...))
	ts.Check(os.WriteFile(ts.MkAbs("password"), []byte("correct horse battery\n"), 0o600))
	run(ts, "handover-server", "user", "add", "--data", ts.Getenv("DATA"), "--email", "eva@example.org", "--name", "Eva Editor", "--password-file", ts.MkAbs("password"))
	run(ts, "handover", "login", ts.Getenv("SERVER"), "--email", "eva@example.org", "--password-file", ts.MkAbs("password"))
	placeCommand(ts, false, nil)
}

// placeCommand is `place [FLAG…]`: places an order of Eva's with further flags
// of `order add`, and sets ORDER to its ID and REVIEW to the buyer's token.
func placeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("place always works")
	}
	out := run(ts, "handover-server", append([]string{"order", "add", "--data", ts.Getenv("DATA"), "--json",
		"--seller", "eva@example.org", "--buyer-name", "Bea Buyer", "--buyer-email", "bea@example.org",
		"--title", "Wedding film", "--due", "72h", "--price", "480.00"}, args...)...)
	var placed struct {
		ID        string `json:"id"`
		ReviewURL string `json:"review_url"`
	}
	ts.Check(json.Unmarshal(out, &placed))
	ts.Setenv("ORDER", placed.ID)
	ts.Setenv("REVIEW", placed.ReviewURL[strings.LastIndex(placed.ReviewURL, "/")+1:])
}

// promptlyCommand is `promptly PROGRAM [ARGUMENT…]`: exec of a program that must
// succeed and must not wait for the network, which takes 30 seconds.
func promptlyCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: promptly PROGRAM [ARGUMENT…]")
	}
	begin := time.Now()
	ts.Check(ts.Exec(args[0], args[1:]...))
	if took := time.Since(begin); took > 5*time.Second {
		ts.Fatalf("%s took %s", strings.Join(args, " "), took)
	}
}

// run runs a program that must succeed, and returns its standard output.
func run(ts *testscript.TestScript, program string, args ...string) []byte {
	cmd := exec.Command(program, args...)
	cmd.Env = environment(ts, "HANDOVER_HOME")
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		ts.Fatalf("%s %s: %v: %s", program, strings.Join(args, " "), err, failed.Stderr)
	}
	ts.Check(err)
	return out
}
