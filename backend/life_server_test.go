package backend_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/store/postgres"
	"handover/backend/internal/upload/s3test"
	"handover/backend/order"
)

// host runs a server on a data folder, under a clock that the test sets, and
// can be started again after it was stopped.
type host interface {
	start() (address string, err error)
	stop() error
	set(now time.Time)
}

const lifeURL = "https://handover.example.org"

// These name the database of a folder whose records lie in PostgreSQL, and the
// bucket of one whose files do.
const (
	addressFile = "database.address"
	bucketFile  = "storage.address"
)

func lifeConfig(dir string, now func() time.Time) backend.Config {
	database, _ := os.ReadFile(filepath.Join(dir, addressFile)) // none, no database
	bucket, _ := os.ReadFile(filepath.Join(dir, bucketFile))
	return backend.Config{
		Dir: dir, Database: string(database), Storage: string(bucket), Policy: order.DefaultPolicy(), PublicURL: lifeURL, Now: now, Log: slog.New(slog.DiscardHandler),
	}
}

// records are an open store's.
type records struct {
	store.Records
	io.Closer
}

// openRecords opens the store of a folder that no server has open.
func openRecords(dir string) (records, error) {
	c := lifeConfig(dir, nil)
	if c.Database != "" {
		return openRecordsAt(c.Database)
	}
	s, err := bolt.Open(filepath.Join(dir, "handover.db"))
	if err != nil {
		return records{}, err
	}
	return records{s.Records, s}, nil
}

func openRecordsAt(database string) (records, error) {
	s, err := postgres.Open(context.Background(), database, slog.New(slog.DiscardHandler))
	if err != nil {
		return records{}, err
	}
	return records{s.Records, s}, nil
}

// inside is a server in this process.
type inside struct {
	dir    string
	clock  clock
	server *backend.Server
}

func (h *inside) set(now time.Time) {
	h.clock.mu.Lock()
	defer h.clock.mu.Unlock()
	h.clock.now = now
}

func (h *inside) start() (string, error) {
	server, address, err := startLife(h.dir, h.clock.Now)
	h.server = server
	return address, err
}

func startLife(dir string, now func() time.Time) (*backend.Server, string, error) {
	server, err := backend.New(lifeConfig(dir, now))
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = server.Start(l)
	}
	if err != nil {
		return nil, "", errors.Join(err, server.Close(context.Background()))
	}
	return server, "http://" + l.Addr().String(), nil
}

func (h *inside) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), tooLong)
	defer cancel()
	return h.server.Close(ctx)
}

// process is a server in a process of its own, whose clock is a file.
type process struct {
	dir   string
	cmd   *exec.Cmd
	input io.Closer
}

// childFolder is the variable that makes this test program such a server.
const childFolder = "HANDOVER_TEST_SERVER"

func (h *process) clockFile() string { return h.dir + ".clock" }

func (h *process) set(now time.Time) {
	next := h.clockFile() + ".next"
	err := os.WriteFile(next, []byte(now.Format(time.RFC3339Nano)), 0o600)
	if err == nil {
		err = os.Rename(next, h.clockFile())
	}
	if err != nil {
		panic(err)
	}
}

func (h *process) start() (string, error) {
	h.cmd = exec.Command(os.Args[0])
	h.cmd.Env = append(os.Environ(), childFolder+"="+h.dir)
	h.cmd.Stderr = os.Stderr
	input, err := h.cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	h.input = input
	output, err := h.cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := h.cmd.Start(); err != nil {
		return "", err
	}
	address, err := bufio.NewReader(output).ReadString('\n')
	return strings.TrimSpace(address), err
}

func (h *process) stop() error { return errors.Join(h.input.Close(), h.cmd.Wait()) }

// kill is kill -9.
func (h *process) kill() error {
	err := h.cmd.Process.Kill()
	_ = h.cmd.Wait() // says that it was killed
	return err
}

// beServer is the main function of a [process]. It ends with its input.
func beServer(dir string) {
	clock := func() time.Time {
		raw, err := os.ReadFile(dir + ".clock")
		if err != nil {
			panic(err)
		}
		now, err := time.Parse(time.RFC3339Nano, string(raw))
		if err != nil {
			panic(err)
		}
		return now
	}
	server, address, err := startLife(dir, clock)
	if err != nil {
		panic(err)
	}
	fmt.Println(address)
	io.Copy(io.Discard, os.Stdin)
	if err := server.Close(context.Background()); err != nil {
		panic(err)
	}
}

// household is a data folder with two sellers who are signed in.
type household struct {
	dir      string
	database string          // the address of what has the records, "" when dir does
	storage  *s3test.Service // of the files, nil when dir has them
	sellers  []account
}

type account struct{ id, name, token string }

var lifeBegins = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// keepHouse makes the folder that every random life begins with.
func keepHouse(t testing.TB) household {
	t.Helper()
	return furnish(t, household{dir: t.TempDir()})
}

// keepHouseIn is keepHouse with the records in a database.
func keepHouseIn(t testing.TB, database string) household {
	t.Helper()
	h := household{dir: t.TempDir(), database: database}
	if err := os.WriteFile(filepath.Join(h.dir, addressFile), []byte(database), 0o600); err != nil {
		t.Fatal(err)
	}
	return furnish(t, h)
}

func furnish(t testing.TB, h household) household {
	t.Helper()
	s, address, err := startLife(h.dir, func() time.Time { return lifeBegins })
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c, err := api.NewClient(address, "", transport)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Eva", "Otto"} {
		email := strings.ToLower(name) + "@example.org"
		u, err := s.AddUser(t.Context(), api.NewUser{Email: email, Name: name, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		session, err := c.SignIn(t.Context(), email, password)
		if err != nil {
			t.Fatal(err)
		}
		h.sellers = append(h.sellers, account{u.ID, u.Name, session.Token})
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}
