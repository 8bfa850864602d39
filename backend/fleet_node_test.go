package backend_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend/internal/store/postgres/pgtest"
)

// node is a server that is started again whenever it ends, as by an init system.
type node struct {
	*testing.T
	program, data string
	args, env     []string
	chance        *rand.Rand // for the goroutine that starts it
	address       atomic.Pointer[string]
	log           journal
	stop          func() // asks it to end, and waits until it has

	mu     sync.Mutex
	cmd    *exec.Cmd // nil while none runs
	killed bool
}

// nodeRest is how long a node is down at most before it is started again.
const nodeRest = 700 * time.Millisecond

func newNode(t *testing.T, chance *rand.Rand, program string, env []string, flags ...string) *node {
	n := &node{T: t, program: program, data: t.TempDir(), env: env, chance: chance}
	n.args = append([]string{"serve", "--data", n.data, "--listen", "127.0.0.1:0", "--log-level", "warn"}, flags...)
	none := ""
	n.address.Store(&none)
	return n
}

// run runs a command of the operator's on the node's folder and returns what it
// printed.
func (n *node) run(stdin string, args ...string) string {
	n.Helper()
	cmd := exec.CommandContext(n.Context(), n.program, append(args, "--data", n.data)...)
	cmd.Env, cmd.Stdin = n.env, strings.NewReader(stdin)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		n.Fatalf("%q: %v: %s%s", args, err, out, &said)
	}
	return string(out)
}

// start starts the node for good and returns once it answers.
func (n *node) start() {
	n.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended, ready := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		n.keepUp(ctx, sync.OnceFunc(func() { close(ready) }))
	}()
	n.stop = func() { cancel(); <-ended }
	n.Cleanup(n.stop)
	select {
	case <-ready:
	case <-time.After(tooLong):
		n.Fatalf("the node does not start: %s", &n.log)
	}
}

// keepUp runs the server again and again until ctx ends. One that serves may
// only end when it is killed, or asked to.
func (n *node) keepUp(ctx context.Context, ready func()) {
	for ctx.Err() == nil {
		served, err := n.once(ctx, ready)
		n.mu.Lock()
		killed := n.killed
		n.cmd, n.killed = nil, false
		n.mu.Unlock()
		if served && !killed && (err != nil || ctx.Err() == nil) {
			n.Errorf("a node has ended by itself: %v\n%s", err, &n.log)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(n.chance.Int64N(int64(nodeRest)))): // it is down for any time
		}
	}
}

// once runs the server until it ends; it reports whether it has come so far as
// to serve, and the error that it ended with.
func (n *node) once(ctx context.Context, ready func()) (served bool, err error) {
	cmd := exec.CommandContext(ctx, n.program, n.args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = tooLong
	cmd.Env, cmd.Stderr = n.env, &n.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	n.mu.Lock()
	err = cmd.Start()
	if err == nil {
		n.cmd = cmd
	}
	n.mu.Unlock()
	if err != nil {
		return false, err
	}
	lines := bufio.NewReader(out)
	line, _ := lines.ReadString('\n') // none when it could not start
	if _, address, ok := strings.Cut(strings.TrimSpace(line), " on http://"); ok {
		served = true
		n.address.Store(&address)
		ready()
	}
	io.Copy(io.Discard, lines)
	if err = cmd.Wait(); errors.Is(err, context.Canceled) && cmd.ProcessState.ExitCode() == 0 {
		err = nil // as it was asked to
	}
	return served, err
}

// kill is kill -9, whatever the server does at the moment.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return
	}
	n.killed = true
	if err := n.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		n.Errorf("kill a node: %v", err)
	}
}

// shareSecret gives every node the secret of the first.
func (f *fleet) shareSecret() {
	secret, err := os.ReadFile(filepath.Join(f.nodes[0].data, "secret.key"))
	for _, n := range f.nodes[1:] {
		if err == nil {
			err = os.WriteFile(filepath.Join(n.data, "secret.key"), secret, 0o600)
		}
	}
	if err != nil {
		f.Fatal(err)
	}
}

// letLeasesEnd stops all nodes and lets the time pass that a node which was
// killed while it sent webhooks keeps the others from sending: half a minute for
// which the short form does not wait. A node that ends gives its lease back.
func (f *fleet) letLeasesEnd() {
	for _, n := range f.nodes {
		n.stop()
	}
	if err := pgtest.Exec(f.Context(), f.records, "UPDATE leases SET expires_at = clock_timestamp()"); err != nil {
		f.Fatal(err)
	}
	for _, n := range f.nodes {
		n.start()
	}
}
