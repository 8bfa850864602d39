// Package s3test runs a service that speaks S3 for the tests of a package: a real
// one (versitygw, over a temporary folder), on this computer alone.
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

// Version is the version of versitygw that the tests are made with. It has a
// module of its own, so that nothing of it gets into ours.
const Version = "v1.8.0"

const module = "github.com/versity/versitygw/cmd/versitygw"

// The keys, which the environment of the test program gets.
const (
	accessKey = "handover-test"
	secretKey = "handover-test-secret"
)

// startWithin bounds how long the service may take to answer.
const startWithin = time.Minute

// Service is a service that starts with the first bucket that is asked for. The
// zero value is ready; a test package has one, and stops it at its end.
type Service struct {
	mu      sync.Mutex
	dir     string
	address string // where it listens
	err     error
	made    int
	cmd     *exec.Cmd
	input   io.Closer
}

// TB is the part of a test that a bucket needs; a property's test has it too.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Bucket is an empty bucket of a test.
type Bucket struct {
	Name     string
	Endpoint string
	Dir      string // where the service keeps the objects, by their keys
}

// Region is the region of all buckets.
const Region = "us-east-1"

// Address is the bucket as a server's configuration has it.
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

// underWatch runs the service until its input ends, which it does with the test
// program, however that ends.
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
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select { // another process is on the other side, and says nothing when it is ready
		case <-ctx.Done():
			said, _ := os.ReadFile(log)
			return fmt.Errorf("the service does not answer: %w\n%s", ctx.Err(), said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Down stops the service and keeps what it has, for [Service.Up].
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
	_ = s.cmd.Wait() // says that it was told to stop
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
