package backend_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/api"
)

// builtFolder has the programs once a test has built them; TestMain removes it.
var builtFolder string

// build builds both programs as they are shipped, but for the buyer's pages.
var build = sync.OnceValue(func() (err error) {
	if builtFolder, err = os.MkdirTemp("", "handover-built"); err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", "-s -w", "-o", builtFolder+"/",
		"./cmd/handover-server", "../app/cmd/handover")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return nil
})

// programs returns the paths of the built programs.
func programs(t *testing.T) (server, client string) {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(builtFolder, "handover-server"), filepath.Join(builtFolder, "handover")
}

// serving is a site whose server is a process of its own. stop kills it, when
// told so, or asks it to end.
func serving(t *testing.T, program, dir string) (s *site, stop func(kill bool)) {
	t.Helper()
	cmd := exec.Command(program, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	log := &journal{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }) // it may have ended
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s = &site{T: t, log: log, clock: &clock{now: time.Now()}, client: &http.Client{Transport: transport}}
	s.address = strings.TrimSpace(line[strings.LastIndexByte(line, ' ')+1:])
	return s, func(kill bool) {
		t.Helper()
		if kill {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // says that it was killed
			return
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, log)
		}
	}
}

// Two servers as operators run them, with a database and a bucket in common: an
// upload continues at the second when the first is killed, and is delivered,
// downloaded and checked there.
func TestBuiltServersShareAll(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the server")
	}
	server, _ := programs(t)
	bucket := storage.Bucket(t)
	t.Setenv("HANDOVER_DATABASE", cluster.Database(t))
	t.Setenv("HANDOVER_STORAGE", bucket.Address())
	one, two := t.TempDir(), t.TempDir()
	run := func(stdin string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), server, args...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		return string(out)
	}
	run(password, "user", "add", "--data", one, "--email", "eva@example.org", "--name", "Eva", "--password-file", "-")
	secret, err := os.ReadFile(filepath.Join(one, "secret.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(two, "secret.key"), secret, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	a, stopA := serving(t, server, one)
	b, stopB := serving(t, server, two)
	a.eva = a.signIn("eva@example.org")
	b.eva = a.eva
	p := a.order(active)
	text := strings.Repeat("0123456789", 4_500_000)
	where := a.begun(p, "final/film.mov", text)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, a.address+where, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + a.eva}, "Tus-Resumable": {"1.0.0"}, "Upload-Offset": {"0"}, "Content-Type": {"application/offset+octet-stream"}}
	// It is killed when the first part is in the bucket.
	var killer sync.WaitGroup
	killer.Go(func() {
		for ctx.Err() == nil {
			runtime.Gosched()
			parts, _ := filepath.Glob(filepath.Join(bucket.Dir, ".sgwtmp", "multipart", "*", "*", "1"))
			if len(parts) > 0 {
				stopA(true)
				return
			}
		}
	})
	if resp, err := a.client.Do(req); err == nil {
		t.Logf("the server was faster: %s", resp.Status)
		resp.Body.Close()
	}
	cancel()
	killer.Wait()
	p.file = b.goneOn(where, "final/film.mov", text)
	b.deliver(b.eva, p)
	if got := b.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer}); string(got.raw) != text {
		t.Errorf("%d bytes, %s", len(got.raw), got.Status)
	}
	if said := run("", "check", "--data", two); !strings.Contains(said, "1 ") {
		t.Errorf("the check while it runs: %s", said)
	}
	stopB(false)
	// No server runs: the command looks by itself, from the folder of the first.
	if said := run("", "check", "--data", one); !strings.Contains(said, "1 ") {
		t.Errorf("the check without a server: %s", said)
	}
	var users []api.User
	if err := json.Unmarshal([]byte(run("", "user", "list", "--data", one, "--json")), &users); err != nil || len(users) != 1 {
		t.Errorf("%+v, %v", users, err)
	}
	cmd := exec.CommandContext(t.Context(), server, "check", "--data", one, "--storage", "s3://key:hidden@bucket")
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || strings.Contains(string(out), "hidden") {
		t.Errorf("%v %s", err, out)
	}
}
