package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/commandline"
	"handover/backend/internal/store/postgres/pgtest"
)

// ownCluster is a PostgreSQL that goes with the test.
func ownCluster(t *testing.T) *pgtest.Cluster {
	t.Helper()
	c := &pgtest.Cluster{}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// said is what a command printed.
type said struct {
	status   int
	out, err string
}

func command(t *testing.T, in string, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	status := run(args, commandline.Streams{In: strings.NewReader(in), Out: &out, Err: &err})
	return said{status, out.String(), err.String()}
}

func (s said) want(t *testing.T, status int, out, err string) {
	t.Helper()
	for _, part := range []struct{ name, got, want string }{{"out", s.out, out}, {"err", s.err, err}} {
		if matched, bad := regexp.MatchString(`^(?s:`+part.want+`)$`, part.got); bad != nil || !matched {
			t.Errorf("%s is %q; want %s", part.name, part.got, part.want)
		}
	}
	if s.status != status {
		t.Errorf("the status is %d; want %d", s.status, status)
	}
}

// some is a data folder with two orders.
func some(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	command(t, "correct horse\n", "user", "add", "--data", dir, "--email", "eva@example.org", "--name", "Eva").want(t, 0, "added .*\n", "")
	for range 2 {
		command(t, "", "order", "add", "--data", dir, "--seller", "eva@example.org", "--buyer-name", "Bea", "--buyer-email", "bea@example.org",
			"--title", "Film", "--due", "72h").want(t, 0, "order .*", "")
	}
	return dir
}

const none = "0 deliveries, 0 files, 0 bytes, 0 problems\n"

func TestMigrateCommand(t *testing.T) {
	dir, database := some(t), ownCluster(t).Database(t)
	command(t, "", "check", "--data", dir, "--database", database).want(t, 1, "", "error: .*handover-server migrate.*\n")
	command(t, "", "migrate", "--data", dir, "--database", database).want(t, 0,
		"source       2 orders, "+none+"destination  2 orders, "+none+"carried 5 records; serve with --database from now on\n", "records\n")
	command(t, "", "migrate", "--data", dir, "--database", database).want(t, 0,
		"source       2 orders, "+none+"everything was carried over before; .*\n", "")
	command(t, "", "check", "--data", dir, "--database", database).want(t, 0, "2 orders, "+none, "")
	command(t, "", "check", "--data", dir).want(t, 1, "", "error: .*--database.*\n")
	command(t, "", "migrate", "--data", some(t), "--database", database).want(t, 1, "source .*", "error: the database is not empty.*\n")
	command(t, "", "migrate", "--data", t.TempDir(), "--database", database).want(t, 1, "", "error: .*nothing to carry over\n")
}

func TestMigrateCommandIsMisused(t *testing.T) {
	for _, args := range [][]string{{}, {"--data", "x"}, {"--data", "x", "--database", "mysql://eva:geheim@host/db"},
		{"--data", "x", "--database", "postgres://eva:geheim@host/db", "--storage", "http://eva:geheim@host"}} {
		s := command(t, "", append([]string{"migrate"}, args...)...)
		if s.want(t, commandline.Misused, "", "error: .*"); strings.Contains(s.err, "geheim") {
			t.Errorf("%q repeats the password: %s", args, s.err)
		}
	}
}

func TestMigrateCommandInJSON(t *testing.T) {
	dir, cluster := some(t), ownCluster(t)
	s := command(t, "", "migrate", "--data", dir, "--database", cluster.Database(t), "--json")
	s.want(t, 0, ".*", "")
	var done backend.Migrated
	if err := json.Unmarshal([]byte(s.out), &done); err != nil || done.Records != 5 || done.Source.Orders != 2 || done.Destination.Orders != 2 {
		t.Errorf("it is %s, %v", s.out, err)
	}
	command(t, "", "migrate", "--data", filepath.Join(dir, "none"), "--database", cluster.Database(t), "--json").want(t, 1, "", `\{"error":\{"code":"internal","message":"there is no data folder.*\}\}\n`)
}

// On a terminal one line says how far it is and how long it takes; elsewhere
// every step is a line.
func TestProgressLine(t *testing.T) {
	steps := []backend.MigrationProgress{
		{Step: "records", Total: 1000},
		{Step: "records", Done: 500, Total: 1000},
		{Step: "checking", Done: 3, DoneBytes: 5_000_000},
		{Step: "checking", Done: 4, DoneBytes: 6_000_000},
		{Step: "files", Done: 1, Total: 4, DoneBytes: 1_000_000, TotalBytes: 4_000_000},
		{Step: "files", Done: 2, Total: 4, DoneBytes: 2_000_000, TotalBytes: 4_000_000},
	}
	for _, test := range []struct {
		name string
		line progressLine
		want string
	}{
		{"a terminal", progressLine{live: true}, "\rrecords: 0 of 1000\rrecords: 500 of 1000, 10s left\r                              \r" +
			"\rchecking: 3, 5MB\rchecking: 4, 6MB\r                \r" +
			"\rfiles: 1 of 4, 1MB of 4MB\rfiles: 2 of 4, 2MB of 4MB, 10s left\r                                   \r"},
		{"no terminal", progressLine{}, "records\nchecking\nfiles\n"},
		{"nobody who reads", progressLine{silent: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			now := time.Now()
			test.line.out, test.line.now = &out, func() time.Time { return now }
			for _, p := range steps {
				test.line.tell(p)
				now = now.Add(time.Millisecond)
				test.line.tell(p) // too soon to be drawn again
				now = now.Add(10*time.Second - time.Millisecond)
			}
			test.line.end()
			if got := out.String(); got != test.want {
				t.Errorf("it shows %q; want %q", got, test.want)
			}
		})
	}
}
