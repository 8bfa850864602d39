// Package pgtest runs a real PostgreSQL server for a test package. The server has a
// temporary folder with its socket, and is removed at the end.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// startWithin bounds how long the server may take to answer.
const startWithin = time.Minute

// superuser is the superuser of a cluster.
const superuser = "handover"

// Cluster is a server that starts with the first call of Database. The zero value
// is ready. A test package has one Cluster, and stops it at the end.
type Cluster struct {
	// Durable makes the server sync to disk, for tests that kill it. It is slow.
	Durable bool

	mu    sync.Mutex
	dir   string
	err   error
	made  int
	cmd   *exec.Cmd
	input io.Closer

	roles sync.Mutex
}

// errMissing means that PostgreSQL is not installed.
var errMissing = errors.New("PostgreSQL is not installed: build/setup.sh test installs it on Debian and Ubuntu")

// TB is the part of testing.TB that this package uses. A *rapid.T has it too.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
}

// Database returns the address of a new and empty database, which is dropped after
// the test. Without PostgreSQL the test fails, or is skipped on systems where
// build/setup.sh cannot install it.
func (c *Cluster) Database(t TB) string {
	t.Helper()
	return c.database(t, "")
}

// Copy returns the address of a copy of a database. The original must not have any
// connections.
func (c *Cluster) Copy(t TB, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c.database(t, " TEMPLATE "+u.Path[1:])
}

func (c *Cluster) database(t TB, template string) string {
	t.Helper()
	name, err := c.create(context.Background(), template)
	if errors.Is(err, errMissing) {
		if _, noApt := exec.LookPath("apt-get"); noApt != nil {
			t.Skip(err)
		}
	}
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return c.address(name)
}

func (c *Cluster) address(database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("postgres://%s@/%s?host=%s", superuser, database, url.QueryEscape(c.dir))
}

func (c *Cluster) create(ctx context.Context, template string) (name string, err error) {
	c.mu.Lock()
	if c.dir == "" && c.err == nil {
		c.err = c.begin(ctx)
	}
	c.made++
	name, err = fmt.Sprintf("test%d", c.made), c.err
	c.mu.Unlock()
	if err != nil {
		return "", err
	}
	return name, c.Exec(ctx, "CREATE DATABASE "+name+template)
}

// Exec runs a statement as the operator of the server, in a separate database.
func (c *Cluster) Exec(ctx context.Context, sql string) error {
	return Exec(ctx, c.address("postgres"), sql)
}

// Exec runs a statement in the database at an address.
func Exec(ctx context.Context, address, sql string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// begin creates the cluster and starts it. The caller holds the lock.
func (c *Cluster) begin(ctx context.Context) error {
	initdb, err := program("initdb")
	if err != nil {
		return err
	}
	if c.dir, err = os.MkdirTemp(c.place(), "pg"); err != nil {
		return err
	}
	if err := giveAway(c.dir); err != nil {
		return err
	}
	make := exec.CommandContext(ctx, initdb, "-D", filepath.Join(c.dir, "data"), "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	make.Dir, make.SysProcAttr = c.dir, unprivileged()
	if out, err := make.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.guard(); err != nil {
		return err
	}
	return c.start(ctx)
}

// guarded is the only user with a password.
const guarded = "guarded"

// guard makes the server require the password of that user.
func (c *Cluster) guard() error {
	path := filepath.Join(c.dir, "data", "pg_hba.conf")
	rules, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte("local all "+guarded+" scram-sha-256\n"), rules...), 0o600)
}

// WithPassword returns the address of a database with a user and the password that
// the user needs.
func (c *Cluster) WithPassword(t TB, address, password string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%v", err)
	}
	c.roles.Lock() // parallel tests share the user
	defer c.roles.Unlock()
	ctx := context.Background()
	for _, sql := range []string{
		fmt.Sprintf("DO $$ BEGIN CREATE ROLE %s; EXCEPTION WHEN duplicate_object THEN NULL; END $$", guarded),
		fmt.Sprintf("ALTER ROLE %s SUPERUSER LOGIN PASSWORD '%s'", guarded, password),
	} {
		if err := c.Exec(ctx, sql); err != nil {
			t.Fatalf("a user with a password: %v", err)
		}
	}
	u.User = url.UserPassword(guarded, password)
	return u.String()
}

// place returns the parent folder of the cluster: in memory unless the cluster is
// durable. The path is short, because paths of sockets are limited.
func (c *Cluster) place() string {
	const memory = "/dev/shm"
	if !c.Durable && free(memory) > 2<<30 {
		return memory
	}
	return "/tmp"
}

// underWatch runs the server until its input ends. The input ends with the test
// program, even when that is killed.
const underWatch = `"$0" "$@" </dev/null & server=$!; read _; kill -INT $server; wait $server`

func (c *Cluster) start(ctx context.Context) error {
	server, err := program("postgres")
	if err != nil {
		return err
	}
	sync := "off"
	if c.Durable {
		sync = "on"
	}
	output, err := os.Create(filepath.Join(c.dir, "log"))
	if err != nil {
		return err
	}
	defer output.Close()
	c.cmd = exec.CommandContext(context.Background(), "/bin/sh", "-c", underWatch, server, "-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses=",
		"-c", "fsync="+sync, "-c", "full_page_writes="+sync, "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "max_wal_size=4GB")
	c.cmd.Dir, c.cmd.SysProcAttr = c.dir, unprivileged()
	c.cmd.Stdout, c.cmd.Stderr = output, output
	if c.input, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	address := fmt.Sprintf("postgres://%s@/postgres?host=%s", superuser, url.QueryEscape(c.dir))
	for {
		err := Exec(ctx, address, "SELECT 1")
		if err == nil {
			return nil
		}
		select { // the server does not report that it is ready, so the test polls
		case <-ctx.Done():
			said, _ := os.ReadFile(output.Name())
			return fmt.Errorf("the server does not answer: %w\n%s", err, said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Down stops the server and keeps its data for [Cluster.Up].
func (c *Cluster) Down(t TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.halt(); err != nil {
		t.Fatalf("%v", err)
	}
}

// Up starts the server again.
func (c *Cluster) Up(t TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.start(context.Background()); err != nil {
		t.Fatalf("%v", err)
	}
}

// Kill ends every process of the server with kill -9, and keeps its data for
// [Cluster.Up].
func (c *Cluster) Kill(t TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := killAll(filepath.Join(c.dir, "data", "postmaster.pid")); err != nil {
		t.Fatalf("kill PostgreSQL: %v", err)
	}
	if err := c.halt(); err != nil {
		t.Fatalf("%v", err)
	}
}

func (c *Cluster) halt() error {
	err := c.input.Close()
	_ = c.cmd.Wait() // the error of an interrupted process
	return err
}

// Stop stops the server, if it runs, and removes its folder.
func (c *Cluster) Stop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		return nil
	}
	var err error
	if c.cmd != nil && c.cmd.ProcessState == nil {
		err = c.halt()
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// program returns the path of a PostgreSQL program, in the newest version. Debian
// installs the programs outside of PATH.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is valid
	if len(found) == 0 {
		return "", errMissing
	}
	return found[len(found)-1], nil
}
