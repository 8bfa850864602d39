package upload_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"handover/backend/internal/upload"
)

// Close ends a running upload and keeps all it has received.
func TestCloseKeepsWhatCame(t *testing.T) {
	s := newSite(t)
	content := noise(3 << 20)
	url := s.create(int64(len(content)))
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		// The client may or may not get to see the 503, while it is sending.
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
		var svc *upload.Service
		svc, err = upload.Open(upload.Config{
			Dir: dir, MaxFileSize: 1 << 30, Ledger: newLedger(), Gate: gate{}, Log: slog.Default(),
		})
		if err == nil {
			os.Stdout.WriteString(base + "\n")
			err = http.Serve(l, svc)
		}
	}
	slog.Error("serve", "error", err)
	os.Exit(1)
}

// The server is killed in the middle of a PATCH. What it says afterwards must
// be on the disk, and going on from there must give the same file.
func TestKilledInTheMiddle(t *testing.T) {
	s := newSite(t, func(c *upload.Config) { c.MaxFileSize = 1 << 30 })
	content := noise(72 << 20)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveDirEnv+"="+s.dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSpace(string(line[:n]))
	r := s.ask("POST", base, nil, "Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("logo", "a"))
	s.want(r, http.StatusCreated, "")
	url := strings.TrimSuffix(base, upload.BasePath) + r.Header.Get("Location")

	killed := make(chan struct{})
	body := io.MultiReader(bytes.NewReader(content[:70<<20]), readerFunc(func([]byte) (int, error) {
		s.awaitData(url, 64<<20)
		cmd.Process.Kill()
		cmd.Wait()
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

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
