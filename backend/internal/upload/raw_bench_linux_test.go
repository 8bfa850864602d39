package upload_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// BenchmarkLargeFile sends 4 GiB with digests on both sides, synced before the
// answer: to this package, and over a bare socket to a loop that reads, hashes,
// writes and syncs. The loop is the upper bound without the protocol.
func BenchmarkLargeFile(b *testing.B) {
	const size = 4 << 30
	b.Run("handover", func(b *testing.B) {
		srv := httptest.NewServer(recordingHandler(b, ""))
		defer srv.Close()
		b.SetBytes(size)
		for b.Loop() {
			url := send(b, srv, "POST", srv.URL+"/uploads/", nil, 0, "Upload-Length", strconv.Itoa(size), "Upload-Metadata", metadata("logo", "a"))
			send(b, srv, "PATCH", url, hashed(size), size, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
			b.StopTimer()
			send(b, srv, "DELETE", url, nil, 0)
			b.StartTimer()
		}
	})
	b.Run("raw-socket", func(b *testing.B) {
		dir := b.TempDir()
		b.SetBytes(size)
		for b.Loop() {
			if err := sendRaw(filepath.Join(dir, "file"), hashed(size)); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			os.Remove(filepath.Join(dir, "file"))
			b.StartTimer()
		}
	})
}

// hashed is content of the size that is hashed as it is read, as a client does.
func hashed(size int64) io.Reader {
	block := noise(1 << 20)
	return io.TeeReader(io.LimitReader(readerFunc(func(p []byte) (int, error) { return copy(p, block), nil }), size), sha256.New())
}

func sendRaw(name string, content io.Reader) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	sent := make(chan error, 1)
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			_, err = io.CopyBuffer(struct{ io.Writer }{c}, content, make([]byte, 256<<10))
			err = errors.Join(err, c.(*net.TCPConn).CloseWrite())
			_, rerr := io.ReadFull(c, make([]byte, sha256.Size))
			err = errors.Join(err, rerr, c.Close())
		}
		sent <- err
	}()
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(io.MultiWriter(f, h), struct{ io.Reader }{c}, make([]byte, 256<<10)); err != nil {
		return err
	}
	if err := syscall.Fdatasync(int(f.Fd())); err != nil {
		return err
	}
	if _, err := c.Write(h.Sum(nil)); err != nil {
		return err
	}
	return <-sent
}

// BenchmarkMemory measures the additional memory of a separate server during concurrent
// slow uploads of 32 MiB each.
func BenchmarkMemory(b *testing.B) {
	for _, uploads := range []int{1, 100} {
		b.Run(strconv.Itoa(uploads), func(b *testing.B) {
			for b.Loop() {
				base, pid := benchServer(b)
				idle := memory(b, pid, "VmRSS")
				var wg sync.WaitGroup
				for range uploads {
					wg.Go(func() {
						client := &http.Client{Transport: &http.Transport{}}
						defer client.CloseIdleConnections()
						if err := sendSlowly(client, base, 32<<20); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(memory(b, pid, "VmHWM")-idle)/1000, "MB-above-idle")
			}
		})
	}
}

func benchServer(b *testing.B) (base string, pid int) {
	base, cmd := startCommand(b, filepath.Join(b.TempDir(), "uploads"))
	return base, cmd.Process.Pid
}

// sendSlowly yields to others after every piece.
func sendSlowly(client *http.Client, base string, size int64) error {
	body := hashed(size)
	req, err := http.NewRequest("POST", base, readerFunc(func(p []byte) (int, error) {
		runtime.Gosched()
		return body.Read(p)
	}))
	if err != nil {
		return err
	}
	req.ContentLength = size
	for name, value := range map[string]string{
		"Tus-Resumable": "1.0.0", "Authorization": "Bearer ann", "Content-Type": "application/offset+octet-stream",
		"Upload-Length": strconv.FormatInt(size, 10), "Upload-Metadata": metadata("logo", "a"),
	} {
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return errors.New(resp.Status)
	}
	return nil
}

// memory reads a figure of a process, in kB.
func memory(b *testing.B, pid int, name string) int {
	b.Helper()
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Skip("no /proc here")
	}
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatalf("%s is not in %s", name, raw)
	return 0
}
