//go:build unix

package main_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"handover/internal/freeport"
)

// patience is how long a process on the other side may take for anything.
const patience = 20 * time.Second

// server is a running handover-server.
type server struct {
	url   string
	cmd   *exec.Cmd
	done  chan struct{} // closed once the process has ended
	err   error         // how it ended; read after done
	log   *lockedBuffer
	ended bool // by us
}

// startServer runs `handover-server serve` until it says that it is ready.
// listen is "" for a free port.
func startServer(data, listen string, env []string, flags ...string) (*server, error) {
	if listen == "" { // it may be started again at the same address
		var err error
		if listen, err = freeport.Address(); err != nil {
			return nil, err
		}
	}
	s := &server{done: make(chan struct{}), log: &lockedBuffer{}}
	s.cmd = exec.Command("handover-server", append([]string{"serve", "--data", data, "--listen", listen}, flags...)...)
	s.cmd.Env, s.cmd.Stderr = env, s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		ready <- line
		io.Copy(io.Discard, lines)
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	select {
	case line := <-ready:
		address, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "handover-server listening on ")
		if !ok {
			<-s.done
			return nil, fmt.Errorf("the server said %q and ended with %w:\n%s", line, s.err, s.log)
		}
		s.url = address
		return s, nil
	case <-time.After(patience):
		return nil, errors.Join(errors.New("the server is not ready after "+patience.String()), s.kill())
	}
}

// stop asks the server to end, which it must do with the status 0. One that was
// ended before is fine.
func (s *server) stop() error {
	if s.ended {
		return nil
	}
	if err := s.end(syscall.SIGTERM); err != nil {
		return err
	}
	if s.err != nil {
		return fmt.Errorf("the server ended with %w:\n%s", s.err, s.log)
	}
	return nil
}

// kill ends the server with no time to do anything.
func (s *server) kill() error { return s.end(syscall.SIGKILL) }

func (s *server) end(sig os.Signal) error {
	s.ended = true
	if err := s.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("the server had ended: %w:\n%s", err, s.log)
	}
	select {
	case <-s.done:
		return nil
	case <-time.After(patience):
		s.cmd.Process.Kill()
		return fmt.Errorf("the server did not end within %s of %s", patience, sig)
	}
}

// listenAddress is what a server has to listen on to be at the same address.
func (s *server) listenAddress() string {
	_, address, _ := strings.Cut(s.url, "://")
	return address
}

// check verifies everything that a server kept.
func check(data string) error {
	out, err := exec.Command("handover-server", "check", "--data", data).CombinedOutput()
	if err == nil && !bytes.Contains(out, []byte(", 0 problems\n")) {
		err = errors.New("unexpected answer")
	}
	if err != nil {
		return fmt.Errorf("check: %w: %s", err, out)
	}
	return nil
}

// lockedBuffer takes the log of a process that may still run when it is read.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
