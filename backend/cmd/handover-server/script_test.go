//go:build unix

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"handover/backend/internal/store/postgres/pgtest"
)

// cluster has the databases of the scripts.
var cluster pgtest.Cluster

// TestMain builds the program as it is shipped and puts it first in the path.
func TestMain(m *testing.M) { os.Exit(withProgram(m)) }

func withProgram(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "handover-server-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", dir+"/", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	code = m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	return code
}

// password is the one of the database's user; no script's output may have it.
const password = "geheim-7f3a"

// TestDatabaseScripts runs every file of testdata/script; its README says what a
// script can do. None may show the database's password.
func TestDatabaseScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			address := cluster.Database(t)
			env.Setenv("DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("DATABASE", cluster.WithPassword(t, address, password))
			env.Setenv("EMPTY", cluster.Database(t))
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			env.Setenv("NAME", u.Path[1:])
			env.Setenv("SOCKET", u.Query().Get("host"))
			env.Values[serverKey{}] = &server{}
			env.Defer(func() {
				if err := env.Values[serverKey{}].(*server).end(syscall.SIGKILL); err != nil {
					env.T().Fatal(err)
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":    serveCommand,
			"stop":     stopCommand,
			"sql":      sqlCommand,
			"discreet": discreetCommand,
		},
	})
}

type serverKey struct{}

// server is the one that runs, if one does.
type server struct {
	cmd *exec.Cmd
	mu  sync.Mutex
	log bytes.Buffer
}

// Write implements [io.Writer] for the log.
func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func (s *server) end(how os.Signal) error {
	if s.cmd == nil {
		return nil
	}
	cmd := s.cmd
	s.cmd = nil
	_ = cmd.Process.Signal(how)
	stuck := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	if err := cmd.Wait(); err != nil && how != syscall.SIGKILL {
		return fmt.Errorf("the server ended with %w: %s", err, s.said())
	}
	return nil
}

// serveCommand is `serve [FLAG…]`: starts a server on $DATA and returns once it
// is ready.
func serveCommand(ts *testscript.TestScript, neg bool, flags []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || s.cmd != nil {
		ts.Fatalf("usage: serve [FLAG…], one server at a time")
	}
	cmd := exec.Command("handover-server", append([]string{"serve", "--data", ts.Getenv("DATA"), "--listen", "127.0.0.1:0", "--log-level", "debug"}, flags...)...)
	cmd.Env = append(os.Environ(), "HANDOVER_DATABASE="+ts.Getenv("HANDOVER_DATABASE"))
	cmd.Stderr = s
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s.cmd = cmd
	line, _ := bufio.NewReader(out).ReadString('\n')
	if !strings.HasPrefix(line, "handover-server listening on ") {
		ts.Fatalf("the server said %q: %s", line, s.said())
	}
}

// stopCommand is `stop`: the server ends with the status 0.
func stopCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: stop")
	}
	ts.Check(ts.Value(serverKey{}).(*server).end(syscall.SIGTERM))
}

// sqlCommand is `sql STATEMENT`, in the database of $DATABASE.
func sqlCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql STATEMENT")
	}
	ts.Check(pgtest.Exec(context.Background(), ts.Getenv("DATABASE"), args[0]))
}

// discreetCommand is `discreet`: neither the last command nor the server's log
// has shown the database's password.
func discreetCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: discreet")
	}
	for _, text := range []string{ts.ReadFile("stdout"), ts.ReadFile("stderr"), ts.Value(serverKey{}).(*server).said()} {
		if strings.Contains(text, password) {
			ts.Fatalf("the password was shown: %s", text)
		}
	}
}
