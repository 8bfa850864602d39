// Command start measures how long the window takes from its process's start
// until the first rows of 10,000 orders are painted, in the real window on a
// display of its own. It needs bin/ (make build) and Xvfb, which lays the
// screen's pixels into a file:
//
//	go run ./build/bench/start
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 7, "starts that count")
	count := flag.Int("orders", 10_000, "orders of the seller, at most 10,000")
	flag.Parse()
	if err := run(context.Background(), *rounds, *count); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// bench is a server with a seller's orders, and her data folder that knows them.
type bench struct {
	bin, scratch string
	server       *exec.Cmd
	url          string
}

func run(ctx context.Context, rounds, count int) error {
	bin, err := filepath.Abs("bin")
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "handover-start-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	b := &bench{bin: bin, scratch: scratch}
	if err := b.prepare(ctx, count); err != nil {
		return err
	}
	defer func() { b.stopServer() }()
	fmt.Printf("%d orders, %d starts: from the process's start until the first row is painted\n", count, rounds)
	if err := b.measure(ctx, "the server answers", rounds); err != nil {
		return err
	}
	b.stopServer()
	return b.measure(ctx, "the server is away", rounds)
}

func (b *bench) measure(ctx context.Context, name string, rounds int) error {
	var took []time.Duration
	for i := range rounds + 1 {
		d, err := b.start(ctx)
		if err != nil {
			return err
		}
		if i > 0 { // the first one warms the caches of files up
			took = append(took, d)
		}
	}
	slices.Sort(took)
	fmt.Printf("%-20s median %d ms, fastest %d ms, slowest %d ms\n", name,
		took[len(took)/2].Milliseconds(), took[0].Milliseconds(), took[len(took)-1].Milliseconds())
	return nil
}

// prepare starts a server with the orders and loads them with the command line.
func (b *bench) prepare(ctx context.Context, count int) error {
	data, password := filepath.Join(b.scratch, "server"), filepath.Join(b.scratch, "password")
	if err := os.WriteFile(password, []byte("a long password\n"), 0o600); err != nil {
		return err
	}
	if err := b.run(ctx, "handover-server", "user", "add", "--data", data, "--email", "eva@example.org", "--name", "Eva", "--password-file", password); err != nil {
		return err
	}
	if err := b.serve(ctx, data); err != nil {
		return err
	}
	var file bytes.Buffer
	file.WriteString("title,client_name,client_email,due,price\n")
	due := time.Now().Add(48 * time.Hour)
	for i := range count {
		fmt.Fprintf(&file, "Order %d: product photos for the spring catalogue,Client %d,client%d@example.org,%s,120.00\n",
			i, i, i, due.Add(time.Duration(i)*time.Minute).Format(time.RFC3339))
	}
	orders := filepath.Join(b.scratch, "orders.csv")
	if err := os.WriteFile(orders, file.Bytes(), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"login", b.url, "--email", "eva@example.org", "--password-file", password},
		{"import", orders}, {"orders"}, {"folder", "--off"}, // else the window asks for one first
	} {
		if err := b.run(ctx, "handover", args...); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) serve(ctx context.Context, data string) error {
	log := filepath.Join(b.scratch, "server.log")
	out, err := os.Create(log)
	if err != nil {
		return err
	}
	defer out.Close()
	b.server = b.command(ctx, "handover-server", "serve", "--data", data, "--listen", "127.0.0.1:0")
	b.server.Stdout = out
	if err := b.server.Start(); err != nil {
		return err
	}
	ready := regexp.MustCompile(`listening on (http://\S+)`)
	return until(20*time.Second, "the server to start", func() bool {
		said, _ := os.ReadFile(log)
		found := ready.FindSubmatch(said)
		if found != nil {
			b.url = string(found[1])
		}
		return found != nil
	})
}

func (b *bench) stopServer() {
	if b.server == nil {
		return
	}
	_ = b.server.Process.Signal(syscall.SIGTERM)
	_ = b.server.Wait()
	b.server = nil
}

// start opens the window once and returns how long the first row took.
func (b *bench) start(ctx context.Context) (time.Duration, error) {
	frames, err := os.MkdirTemp(b.scratch, "screen-")
	if err != nil {
		return 0, err
	}
	display, stop, err := b.display(ctx, frames)
	if err != nil {
		return 0, err
	}
	defer stop()
	window := b.command(ctx, "handover-desktop")
	window.Env = append(window.Env, "DISPLAY="+display, "XDG_RUNTIME_DIR="+frames)
	begin := time.Now()
	if err := window.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = syscall.Kill(-window.Process.Pid, syscall.SIGKILL)
		_ = window.Wait()
	}()
	screen := filepath.Join(frames, "Xvfb_screen0")
	err = until(30*time.Second, "a row on the screen", func() bool { return rowPainted(screen) })
	return time.Since(begin), err
}

// display starts a white screen that is as large as the window.
func (b *bench) display(ctx context.Context, frames string) (string, func(), error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	x := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1100x760x24", "-wr", "-nolisten", "tcp", "-fbdir", frames)
	x.ExtraFiles = []*os.File{write}
	err = x.Start()
	write.Close()
	if err != nil {
		return "", nil, errors.Join(err, read.Close())
	}
	stop := func() {
		_ = x.Process.Signal(syscall.SIGTERM)
		_ = x.Wait()
		read.Close()
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("start Xvfb: %w", err)
	}
	return ":" + strings.TrimSpace(number), stop, nil
}

func (b *bench) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, filepath.Join(b.bin, name), args...)
	home := filepath.Join(b.scratch, "home")
	c.Env = append(os.Environ(), "HOME="+home, "HANDOVER_HOME="+filepath.Join(home, "handover"), "GDK_BACKEND=x11",
		"WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "NO_AT_BRIDGE=1")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return c
}

func (b *bench) run(ctx context.Context, name string, args ...string) error {
	if out, err := b.command(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, args[0], err, out)
	}
	return nil
}

func until(limit time.Duration, what string, done func() bool) error {
	for deadline := time.Now().Add(limit); !done(); time.Sleep(3 * time.Millisecond) {
		if time.Now().After(deadline) {
			return errors.New("waited in vain for " + what)
		}
	}
	return nil
}
