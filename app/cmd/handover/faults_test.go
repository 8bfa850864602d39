//go:build unix

package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// canMount reports whether small file systems can be had: Linux and root.
var canMount = sync.OnceValue(func() bool {
	dir, err := os.MkdirTemp("", "handover-mount-")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	if exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).Run() != nil {
		return false
	}
	return exec.Command("umount", dir).Run() == nil
})

// tmpfsCommand is `tmpfs DIR SIZE`: makes DIR a file system of that size, or
// gives the one that is there another size.
func tmpfsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tmpfs DIR SIZE")
	}
	dir := ts.MkAbs(args[0])
	options := "size=" + args[1]
	s := stageOf(ts)
	known := false
	for _, m := range s.mounts {
		known = known || m == dir
	}
	if known {
		options = "remount," + options
	}
	ts.Check(os.MkdirAll(dir, 0o700))
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput()
	if err != nil {
		ts.Fatalf("mount: %v: %s", err, out)
	}
	if !known {
		s.mounts = append(s.mounts, dir)
	}
}

// fillCommand is `fill FILE`: writes to FILE until its disk is full.
func fillCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill FILE")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			ts.Fatalf("fill: %v", err)
		}
	}
}

// rights are those by which root reads what nobody may read.
const rights = "-dac_override,-dac_read_search"

// canRestrict reports whether a process can be had whom permissions bind.
var canRestrict = sync.OnceValue(func() bool {
	return os.Geteuid() != 0 || exec.Command("setpriv", "--bounding-set", rights, "true").Run() == nil
})

// restrictedCommand is `restricted PROGRAM …`: exec, but permissions hold even
// when the tests run as root.
func restrictedCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: restricted PROGRAM …")
	}
	if os.Geteuid() == 0 {
		args = append([]string{"setpriv", "--bounding-set", rights}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env, cmd.Dir = environment(ts, "HANDOVER_HOME"), ts.MkAbs(".")
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if err := cmd.Run(); (err != nil) != neg {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

// openCommand is `open HOME`: waits until a handover has the data folder open.
func openCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: open HOME")
	}
	f, err := os.Open(filepath.Join(ts.MkAbs(args[0]), "handover.db"))
	ts.Check(err)
	defer f.Close()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return
		}
		ts.Check(err)
		ts.Check(syscall.Flock(int(f.Fd()), syscall.LOCK_UN))
		if time.Now().After(deadline) {
			ts.Fatalf("nobody has opened %s", args[0])
		}
	}
}

// arrivingCommand is `arriving`: waits until bytes of an upload have reached the
// server.
func arrivingCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: arriving")
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		uploads, err := filepath.Glob(filepath.Join(ts.Getenv("DATA"), "uploads", "*.data"))
		ts.Check(err)
		for _, upload := range uploads {
			if info, err := os.Stat(upload); err == nil && info.Size() > 0 {
				return
			}
		}
	}
	ts.Fatalf("no upload has begun")
}

// loggedCommand is `logged FILE TEXT`: waits until a program has written the text.
func loggedCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: logged FILE TEXT")
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if said, _ := os.ReadFile(ts.MkAbs(args[0])); strings.Contains(string(said), args[1]) {
			return
		}
	}
	ts.Fatalf("%s does not say %s", args[0], args[1])
}

// sizedCommand is `sized FILE BYTES`: makes a file of so many bytes.
func sizedCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sized FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	_, err = writeSeeded(ts.MkAbs(args[0]), 1, n)
	ts.Check(err)
}
