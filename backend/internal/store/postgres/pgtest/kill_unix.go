//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// killAll kills the server whose process ID is the first line of a file, and its
// children. It waits for their end, because no other server starts while one of
// them has the shared memory. It stops the server first, so the server can neither
// start nor warn children.
func killAll(pidFile string) error {
	raw, err := os.ReadFile(pidFile)
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	server, err := strconv.Atoi(string(first))
	if err != nil {
		return err
	}
	if err := syscall.Kill(server, syscall.SIGSTOP); err != nil {
		return err
	}
	family, err := children(server)
	if err != nil {
		return err
	}
	var errs []error
	family = append(family, server)
	for _, pid := range family {
		if err := syscall.Kill(pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) { // it may have ended before
			errs = append(errs, err)
		}
	}
	for deadline := time.Now().Add(startWithin); anyAlive(family); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return errors.Join(append(errs, errors.New("its processes do not end"))...)
		}
	}
	return errors.Join(errs...)
}

// children returns the child processes of a process.
func children(parent int) (pids []int, err error) {
	listed, err := exec.CommandContext(context.Background(), "ps", "-A", "-o", "pid=,ppid=").Output()
	for line := range strings.Lines(string(listed)) {
		var pid, of int
		f := strings.Fields(line)
		if len(f) == 2 {
			pid, _ = strconv.Atoi(f[0]) // ps prints numbers
			of, _ = strconv.Atoi(f[1])
		}
		if of == parent && pid > 0 {
			pids = append(pids, pid)
		}
	}
	return pids, err
}

// anyAlive reports whether one of the processes still runs. A zombie has ended.
func anyAlive(pids []int) bool {
	for _, pid := range pids {
		state, err := exec.CommandContext(context.Background(), "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
		if err != nil || strings.HasPrefix(strings.TrimSpace(string(state)), "Z") {
			continue
		}
		return true
	}
	return false
}
