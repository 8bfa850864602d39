//go:build unix

package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain builds both programs as they are shipped and puts them first in the
// path, so that the tests run real processes, which can be killed.
func TestMain(m *testing.M) { os.Exit(withPrograms(m)) }

func withPrograms(m *testing.M) int {
	dir, err := os.MkdirTemp("", "handover-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", dir+"/",
		"handover/app/cmd/handover", "handover/backend/cmd/handover-server")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the programs:", err)
		return 1
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return m.Run()
}

// TestScripts runs every file of testdata/script; its README says what a
// script can do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			s := &stage{data: filepath.Join(env.WorkDir, "data")}
			env.Values[stageKey{}] = s
			env.Setenv("HANDOVER_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("DATA", s.data)
			env.Setenv("SERVER", "http://127.0.0.1:1") // nobody answers until a server runs
			env.Defer(func() {
				if err := s.end(); err != nil {
					env.T().Fatal(err)
				}
			})
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":     serverCommand,
			"prepare":    prepareCommand,
			"place":      placeCommand,
			"buyer":      buyerCommand,
			"await":      awaitCommand,
			"download":   downloadCommand,
			"json":       jsonCommand,
			"fields":     fieldsCommand,
			"until":      untilCommand,
			"open":       openCommand,
			"arriving":   arrivingCommand,
			"logged":     loggedCommand,
			"restricted": restrictedCommand,
			"promptly":   promptlyCommand,
			"tmpfs":      tmpfsCommand,
			"fill":       fillCommand,
			"sized":      sizedCommand,
		},
	})
}

type stageKey struct{}

// stage is what one script shares with its commands.
type stage struct {
	data   string
	server *server // the last one started; nil before
	mounts []string
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// end stops the server and verifies all that it kept.
func (s *stage) end() error {
	var errs []error
	if s.server != nil {
		errs = append(errs, s.server.stop(), check(s.data))
	}
	for _, m := range s.mounts {
		if out, err := exec.Command("umount", m).CombinedOutput(); err != nil {
			errs = append(errs, fmt.Errorf("unmount: %w: %s", err, out))
		}
	}
	return errors.Join(errs...)
}

func condition(name string) (bool, error) {
	switch name {
	case "tmpfs":
		return canMount(), nil
	case "permissions":
		return canRestrict(), nil
	}
	return false, fmt.Errorf("there is no condition %q", name)
}
