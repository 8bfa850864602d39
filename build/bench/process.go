package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what a process has used.
type usage struct {
	cpu  time.Duration // user and system
	peak int64         // bytes of memory above the mark
}

// process is a server that runs during the measured clients.
type process struct {
	cmd  *exec.Cmd
	log  string
	cpu  time.Duration // when it was marked
	idle int64
	// behind is a server behind this one, which counts as part of it.
	behind *process
	// close, when set, is called when both have ended.
	close func()
}

// serve starts a server and returns once ready says so, or with what it logged.
func serve(ctx context.Context, dir string, ready func(log string) bool, env []string, argv ...string) (*process, error) {
	log := filepath.Join(dir, filepath.Base(argv[0])+".log")
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, out, append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, log: log}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if said, _ := os.ReadFile(log); ready(string(said)) {
			return p, nil
		}
	}
	p.stop()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("%s did not start: %s", argv[0], said)
}

// answers is a ready function for servers that say nothing.
func answers(address string) func(string) bool {
	return func(string) bool { return dial(address) }
}

func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

// mark begins a measurement.
func (p *process) mark() error {
	if p.behind != nil {
		if err := p.behind.mark(); err != nil {
			return err
		}
	}
	// 5 resets the peak of the resident memory, see proc(5).
	if err := os.WriteFile("/proc/"+p.pid()+"/clear_refs", []byte("5"), 0); err != nil {
		return err
	}
	var err error
	if p.cpu, err = p.time(); err != nil {
		return err
	}
	p.idle, err = p.memory("VmRSS")
	return err
}

// used ends it.
func (p *process) used() (usage, error) {
	cpu, err := p.time()
	peak, peakErr := p.memory("VmHWM")
	u, err := usage{cpu - p.cpu, peak - p.idle}, errors.Join(err, peakErr)
	if p.behind != nil {
		b, berr := p.behind.used()
		u, err = usage{u.cpu + b.cpu, u.peak + b.peak}, errors.Join(err, berr)
	}
	return u, err
}

func (p *process) time() (time.Duration, error) {
	raw, err := os.ReadFile("/proc/" + p.pid() + "/stat")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, nil // USER_HZ is 100
}

func (p *process) memory(field string) (int64, error) {
	raw, err := os.ReadFile("/proc/" + p.pid() + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("process %s has no %s", p.pid(), field)
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(10*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait()
	if p.behind != nil {
		p.behind.stop()
	}
	if p.close != nil {
		p.close()
	}
}

// client runs a client until it exits.
func client(ctx context.Context, env []string, argv ...string) (usage, string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return usage{}, "", fmt.Errorf("%s: %w: %s", argv[0], err, out)
	}
	used := usage{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		used.peak = r.Maxrss << 10
	}
	return used, string(out), nil
}
