// Package s3test runs a real S3 service (versitygw, over a temporary folder) on this
// computer, for the tests of a package.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"handover/internal/freeport"
)

// Version is the version of versitygw. The program is built outside of this module, so
// that its dependencies stay out of go.mod.
const Version = "v1.8.0"

const module = "github.com/versity/versitygw/cmd/versitygw"

// The keys, in the environment of the test program.
const (
	accessKey = "handover-test"
	secretKey = "handover-test-secret"
)

// startWithin bounds how long the service may take to answer.
const startWithin = time.Minute

// Service starts with its first bucket. The zero value is ready. A test package has one
// service and stops it at the end.
type Service struct {
	mu      sync.Mutex
	dir     string
	address string // where it listens
	err     error
	made    int
	cmd     *exec.Cmd
	input   io.Closer
}

// TB is the part of testing.TB that a bucket needs. rapid.T implements it too.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Bucket is the bucket of a test.
type Bucket struct {
	Name     string
	Endpoint string
	Dir      string // where the service keeps the objects, by their keys
}

// Region is the region of all buckets.
const Region = "us-east-1"

// Address returns the bucket's address for a server's configuration.
func (b Bucket) Address() string {
	return "s3://" + b.Name + "?endpoint=" + b.Endpoint + "&region=" + Region
}

// Bucket returns a new bucket.
func (s *Service) Bucket(t TB) Bucket {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" && s.err == nil {
		s.err = s.begin()
	}
	if s.err != nil {
		t.Fatalf("a service that speaks S3: %v", s.err)
	}
	s.made++
	b := Bucket{Name: fmt.Sprintf("bucket%d", s.made), Endpoint: "http://" + s.address}
	b.Dir = filepath.Join(s.dir, "buckets", b.Name)
	if err := os.Mkdir(b.Dir, 0o700); err != nil {
		t.Fatalf("a bucket: %v", err)
	}
	return b
}

func (s *Service) begin() (err error) {
	if s.dir, err = os.MkdirTemp("", "s3test"); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(s.dir, "buckets"), 0o700); err != nil {
		return err
	}
	return s.start()
}

// underWatch runs the service until its input ends, which happens at the latest when the
// test program ends.
const underWatch = `"$0" "$@" </dev/null & service=$!; read _; kill -TERM $service; wait $service`

func (s *Service) start() error {
	program, err := program(context.Background())
	if err != nil {
		return err
	}
	if s.address == "" {
		if s.address, err = freeport.Address(); err != nil {
			return err
		}
	}
	output, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer output.Close()
	s.cmd = exec.CommandContext(context.Background(), "/bin/sh", "-c", underWatch, program, "--quiet", "--disable-acl", "--keep-alive",
		"--port", s.address, "--region", Region, "--health", "/health", "posix", filepath.Join(s.dir, "buckets"))
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	s.cmd.Stdout, s.cmd.Stderr = output, output
	if s.input, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return s.awaitAnswer(output.Name())
}

func (s *Service) awaitAnswer(log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/health", nil)
		if err != nil {
			return err
		}
		if answersOK(client, req) {
			return nil
		}
		select { // the service does not report when it is ready
		case <-ctx.Done():
			said, _ := os.ReadFile(log)
			return fmt.Errorf("the service does not answer: %w\n%s", ctx.Err(), said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func answersOK(client *http.Client, req *http.Request) bool {
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Down stops the service and keeps its objects, for [Service.Up].
func (s *Service) Down(t TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.halt(); err != nil {
		t.Fatalf("%v", err)
	}
}

// Up starts the service again, at the same address.
func (s *Service) Up(t TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		t.Fatalf("%v", err)
	}
}

func (s *Service) halt() error {
	err := s.input.Close()
	_ = s.cmd.Wait() // returns an error because of the signal
	return err
}

// Stop ends the service, if it was started, and removes everything.
func (s *Service) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		return nil
	}
	var err error
	if s.cmd != nil && s.cmd.ProcessState == nil {
		err = s.halt()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
