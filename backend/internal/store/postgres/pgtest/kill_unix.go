//go:build unix

package pgtest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// killAll kills the server whose process ID a file begins with, and its
// children. It is stopped first, so that it can neither start nor warn any.
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
	listed, err := exec.Command("ps", "-e", "-o", "pid=,ppid=").Output()
	errs := []error{err}
	for line := range strings.Lines(string(listed)) {
		f := strings.Fields(line)
		if len(f) != 2 || f[1] != string(first) {
			continue
		}
		child, err := strconv.Atoi(f[0])
		if err == nil {
			err = syscall.Kill(child, syscall.SIGKILL)
		}
		if !errors.Is(err, syscall.ESRCH) { // it may have ended by itself
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, syscall.Kill(server, syscall.SIGKILL))...)
}
