package upload_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/internal/store/bolt"
	"handover/backend/internal/upload"
)

// Close ends a running upload and keeps the received bytes.
func TestCloseKeepsWhatCame(t *testing.T) {
	s := newSite(t)
	content := noise(3 << 20)
	url := s.create(int64(len(content)))
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		// A client that is still sending may miss the 503.
		_, _ = s.try("PATCH", url, pr, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
		close(done)
	}()
	if _, err := pw.Write(content[:1<<20]); err != nil {
		t.Fatal(err)
	}
	s.awaitData(url, 512<<10)
	if err := s.svc.Close(); err != nil {
		t.Fatal(err)
	}
	pw.Close()
	<-done
	s.want(s.ask("HEAD", url, nil), http.StatusServiceUnavailable, "")
	s.reopen()
	url = s.srv.URL + "/uploads/" + idOf(url)
	at := s.offset(url)
	if at < 512<<10 {
		t.Fatalf("offset %d", at)
	}
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(url, content)
}

// serveDirEnv makes this test binary a server over a folder.
const serveDirEnv = "HANDOVER_TEST_UPLOAD_DIR"

func serveUntilKilled(dir string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		base := "http://" + l.Addr().String() + "/uploads/"
		var records *bolt.Store
		if records, err = bolt.Open(recordsOf(dir)); err == nil {
			var svc *upload.Service
			svc, err = openOver(dir, records)
			if err != nil {
				panic(err)
			}
			os.Stdout.WriteString(base + "\n")
			err = http.Serve(l, svc)
		}
	}
	slog.Error("serve", "error", err)
	os.Exit(1)
}

// recordsOf is where the ledger of a server over the folder is.
func recordsOf(dir string) string { return filepath.Join(filepath.Dir(dir), "handover.db") }

func openOver(dir string, records *bolt.Store) (*upload.Service, error) {
	return upload.Open(upload.Config{
		Dir: dir, MaxFileSize: 1 << 30, Ledger: records.Uploads, Gate: gate{}, Log: slog.New(slog.DiscardHandler), AssemblyPatience: time.Nanosecond,
	})
}

// startServer runs a server over the folder in a process of its own, and returns
// its creation URL and how to kill it.
func startServer(t *testing.T, dir string) (base string, kill func()) {
	t.Helper()
	base, cmd := startCommand(t, dir)
	return base, sync.OnceFunc(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

func startCommand(t testing.TB, dir string) (base string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveDirEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // it may be dead already
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), cmd
}

// The server is killed in the middle of a PATCH. The offset that it then reports must be
// on the disk, and continuing from there must give the same file.
func TestKilledInTheMiddle(t *testing.T) {
	s := newSite(t, func(c *upload.Config) { c.MaxFileSize = 1 << 30 })
	content := noise(72 << 20)
	base, kill := startServer(t, s.dir)
	r := s.ask("POST", base, nil, "Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("logo", "a"))
	s.want(r, http.StatusCreated, "")
	url := strings.TrimSuffix(base, upload.BasePath) + r.Header.Get("Location")

	killed := make(chan struct{})
	body := io.MultiReader(bytes.NewReader(content[:70<<20]), readerFunc(func([]byte) (int, error) {
		s.awaitData(url, 64<<20)
		kill()
		close(killed)
		return 0, io.ErrUnexpectedEOF
	}))
	if r, err := s.try("PATCH", url, body, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0"); err == nil {
		t.Fatalf("answered with %d", r.StatusCode)
	}
	<-killed

	s.reopen()
	url = s.srv.URL + "/uploads/" + idOf(url)
	at := s.offset(url)
	if st, err := os.Stat(s.file(url, ".data")); err != nil || at != st.Size() {
		t.Fatalf("offset %d, %v", at, err)
	}
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(url, content)
}

// The server is killed during an assembly. After the restart it completes the upload from
// the last durable offset.
func TestKilledWhilePuttingTogether(t *testing.T) {
	content := noise(24 << 20)
	for _, at := range []int64{0, 8<<20 + 1, 12 << 20, 17 << 20, 24 << 20} {
		t.Run(strconv.FormatInt(at, 10), func(t *testing.T) {
			s := newSite(t, func(c *upload.Config) { c.AssemblyPatience = time.Minute })
			base, kill := startServer(t, s.dir)
			host := strings.TrimSuffix(base, upload.BasePath)
			var list []string
			for _, piece := range cut(content, 8<<20, 16<<20) {
				r := s.ask("POST", base, nil, "Upload-Concat", "partial", "Upload-Length", strconv.Itoa(len(piece)), "Upload-Metadata", metadata("logo", "a"))
				s.want(r, http.StatusCreated, "")
				s.want(s.patch(host+r.Header.Get("Location"), 0, bytes.NewReader(piece)), http.StatusNoContent, "")
				list = append(list, r.Header.Get("Location"))
			}
			concat := "final;" + strings.Join(list, " ")
			r := s.ask("POST", base, nil, "Upload-Concat", concat, "Upload-Metadata", metadata("logo", "final/logo.bin"))
			s.want(r, http.StatusCreated, "")
			url := r.Header.Get("Location")
			s.awaitData(url, at)
			kill()
			s.reopen()
			s.wantWhole(s.srv.URL+url, content)
			if names := s.files(); len(names) != 2 {
				t.Errorf("on the disk: %v", names)
			}
		})
	}
}

// The server is killed while it receives many small files, many of them equal. It must
// have every acknowledged file, and no other.
func TestKilledWhileSmallFilesCome(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "uploads")
	base, kill := startServer(t, dir)
	const senders, enough = 8, 150
	var mu sync.Mutex
	stored := map[string][]byte{} // acknowledged content, by ID
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := 0; ; i++ {
				content := bytes.Repeat([]byte(strconv.Itoa(i*senders%7+sender%2)), 5000)
				id, err := bring(client, base, content)
				if err != nil {
					return // it is dead
				}
				mu.Lock()
				stored[id] = content
				if len(stored) == enough {
					go kill()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	kill()
	records, err := bolt.Open(recordsOf(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	svc, err := openOver(dir, records)
	if err != nil {
		t.Fatal(err)
	}
	defer svc.Close()
	for id, content := range stored {
		f, err := svc.OpenFile(context.Background(), id)
		if err != nil {
			t.Fatalf("%s was acknowledged: %v", id, err)
		}
		got, err := io.ReadAll(f)
		if f.Close(); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s has other content (%v)", id, err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		id, ext, _ := strings.Cut(e.Name(), ".")
		u, err := records.Uploads.Upload(context.Background(), id)
		if err == nil {
			err = svc.Check(context.Background(), u)
		}
		if err != nil || ext != "data" {
			t.Errorf("left over: %s (%v)", e.Name(), err)
		}
	}
	if len(stored) < enough {
		t.Errorf("only %d files were acknowledged", len(stored))
	}
}

// bring sends a small file in one request and returns its ID.
func bring(client *http.Client, base string, content []byte) (string, error) {
	req, err := http.NewRequest("POST", base, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	for name, value := range map[string]string{
		"Tus-Resumable": "1.0.0", "Authorization": "Bearer ann", "Content-Type": "application/offset+octet-stream",
		"Upload-Length": strconv.Itoa(len(content)), "Upload-Metadata": metadata("logo", "many/file"),
	} {
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusCreated {
		return "", errors.New(resp.Status)
	}
	return idOf(resp.Header.Get("Location")), nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
