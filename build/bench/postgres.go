package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is a temporary PostgreSQL server that syncs like a real one.
type cluster struct {
	dir string
	cmd *exec.Cmd
	log string
}

// bufferMemory is about a quarter of the memory of a server of this size.
const bufferMemory = "1GB"

func startCluster(ctx context.Context) (*cluster, error) {
	dir, err := os.MkdirTemp("", "handover-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, log: filepath.Join(dir, "log")}
	if err := c.begin(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

func (c *cluster) begin(ctx context.Context) error {
	attr, err := servant(c.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(c.dir, "data")
	initdb := exec.CommandContext(ctx, postgresProgram("initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = c.dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	out, err := os.Create(c.log)
	if err != nil {
		return err
	}
	defer out.Close()
	c.cmd = exec.CommandContext(context.WithoutCancel(ctx), postgresProgram("postgres"), "-D", data, "-k", c.dir, "-c", "listen_addresses=",
		"-c", "shared_buffers="+bufferMemory, "-c", "max_wal_size=4GB", "-c", "checkpoint_timeout=15min")
	c.cmd.Dir, c.cmd.SysProcAttr, c.cmd.Stdout, c.cmd.Stderr = c.dir, attr, out, out
	if err := c.cmd.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = c.exec(ctx, "postgres", "SELECT 1"); err == nil {
			return nil
		}
	}
	said, _ := os.ReadFile(c.log)
	return fmt.Errorf("PostgreSQL does not start: %w: %s", err, tail(said))
}

// servant is the user of the server: the package's user if this program runs as root,
// which PostgreSQL refuses.
func servant(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

// postgresProgram finds a program that Debian keeps out of the PATH.
func postgresProgram(name string) string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is right
	if _, err := exec.LookPath(name); err == nil || len(found) == 0 {
		return name
	}
	return found[len(found)-1]
}

func (c *cluster) address(database string) string {
	return fmt.Sprintf("postgres://bench@/%s?host=%s", database, url.QueryEscape(c.dir))
}

// exec carries out statements, one after the other and each by itself.
func (c *cluster) exec(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, c.address(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", strings.SplitN(sql, "(", 2)[0], err)
		}
	}
	return nil
}

// number queries a number.
func (c *cluster) number(ctx context.Context, database, sql string, args ...any) (n uint64, err error) {
	conn, err := pgx.Connect(ctx, c.address(database))
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, sql, args...).Scan(&n)
	return n, err
}

func (c *cluster) stop() error {
	if c.cmd != nil && c.cmd.Process != nil {
		_ = c.cmd.Process.Signal(syscall.SIGINT)
		_ = c.cmd.Wait() // reports the signal
	}
	return os.RemoveAll(c.dir)
}
