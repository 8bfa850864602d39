package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// kills delivers the big file while the client and the server are killed, ten
// times each, and prints how much was sent twice.
func (b *bench) kills(ctx context.Context) error {
	if err := prepareBig(b); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(b.scratch, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := ourServer(ctx, b, dir)
	if err != nil {
		return err
	}
	defer func() { s.server.stop() }()
	target := strings.TrimPrefix(s.url, "http://")
	meter, err := newMeter(target)
	if err != nil {
		return err
	}
	defer meter.listener.Close()
	s.url = "http://" + meter.listener.Addr().String()
	if err := s.signIn(ctx, b, filepath.Join(dir, "password")); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(b.seed, 1))
	before := meter.bytes.Load()
	for kill := range 20 {
		// About a twenty-fifth of the file between two kills.
		until := before + int64(float64(b.big)/25*(float64(kill)+0.5+random.Float64()))
		c, err := s.begin(ctx, b)
		if err != nil {
			return err
		}
		if err := meter.wait(until, c.ended); err != nil {
			return fmt.Errorf("%w: %s", err, c.said.String())
		}
		if kill%2 == 0 {
			c.kill()
			continue
		}
		_ = s.server.cmd.Process.Kill()
		_ = s.server.cmd.Wait()
		c.kill()
		again, err := serve(ctx, dir, answers(target), nil, b.bin("handover-server"), "serve", "--data", filepath.Join(dir, "server"), "--listen", target)
		if err != nil {
			return err
		}
		s.server = again
	}
	if _, err := s.deliver(ctx, b, b.file("big.mov")); err != nil {
		return err
	}
	sent := meter.bytes.Load() - before
	_, report, err := client(ctx, nil, b.bin("handover-server"), "check", "--data", filepath.Join(dir, "server"))
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n### Kills\n%d bytes delivered, the client and the server killed ten times each: %.2f %% were sent twice (at most 1 %%); check: %s\n",
		b.big, float64(sent-b.big)/float64(b.big)*100, strings.TrimSpace(report))
	return nil
}

// running is a delivery in progress.
type running struct {
	cmd   *exec.Cmd
	said  bytes.Buffer
	ended chan struct{}
}

func (s *seat) begin(ctx context.Context, b *bench) (*running, error) {
	c := &running{ended: make(chan struct{})}
	c.cmd = exec.CommandContext(ctx, b.bin("handover"), "--home", s.home, "deliver", s.order, b.file("big.mov"), "--message", "The film.", "--quiet")
	c.cmd.Stdout, c.cmd.Stderr = &c.said, &c.said
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(c.ended)
		_ = c.cmd.Wait()
	}()
	return c, nil
}

func (c *running) kill() {
	_ = c.cmd.Process.Kill()
	<-c.ended
}

// wait returns when the number of bytes has been sent, or an error when the client
// ends before.
func (m *meter) wait(until int64, ended <-chan struct{}) error {
	for m.bytes.Load() < until {
		select {
		case <-ended:
			return errors.New("the delivery ended before it was killed")
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// meter forwards connections and counts the bytes that clients send.
type meter struct {
	listener net.Listener
	bytes    atomic.Int64
}

func newMeter(target string) (*meter, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &meter{listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.carry(c, target)
		}
	}()
	return m, nil
}

func (m *meter) carry(c net.Conn, target string) {
	defer c.Close()
	up, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer up.Close()
	// The count includes bytes that wait here.
	_ = up.(*net.TCPConn).SetWriteBuffer(64 << 10)
	go func() {
		defer c.Close()
		defer up.Close()
		_, _ = c.(*net.TCPConn).ReadFrom(up)
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.Read(buffer)
		sent, werr := up.Write(buffer[:n])
		m.bytes.Add(int64(sent))
		if err != nil || werr != nil {
			return
		}
	}
}
