package backend_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handover/backend"
	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/order"
)

// at has a server keep its records in the database at an address.
func at(database string) func(*backend.Config) {
	return func(c *backend.Config) { c.Database = database }
}

// Every state of an order is reached and verified with the records in
// PostgreSQL.
func TestServerOnPostgreSQL(t *testing.T) {
	s := newSite(t, at(cluster.Database(t)))
	for _, state := range states() {
		s.order(state)
	}
	done := s.order(completed)
	if got := s.send(request{method: "GET", path: done.path("/deliveries/1/files/" + done.file.ID), as: done.buyer}); string(got.raw) != content {
		t.Errorf("the delivered file is %q, %s", got.raw, got.Status)
	}
	report, err := s.Check(t.Context())
	if err != nil || report.Orders != len(states())+1 || report.Files != 5 || len(report.Problems) > 0 {
		t.Errorf("the check says %s, %q, %v", report, report.Problems, err)
	}
	if ready := s.send(request{method: "GET", path: "/readyz"}); ready.StatusCode != 200 {
		t.Errorf("ready: %s %s", ready.Status, ready.raw)
	}
	metrics := string(s.send(request{method: "GET", path: "/metrics"}).raw)
	for _, want := range []string{`handover_orders{status="completed"} 2`, `handover_database_connections{state="most"} 12`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	if _, err := s.Backup(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("a backup says %v", err)
	}
	if strings.Contains(s.log.String(), "postgres://") {
		t.Error("the log has the address of the database")
	}
}

// The same random lives as on a file.
func TestLivesOnPostgreSQL(t *testing.T) {
	few(t, "3")
	house := keepHouseIn(t, cluster.Database(t))
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &inside{dir: dir} })
		w.live(map[string]func(){"restart": w.restart})
	})
}

func TestLivesOfAKilledServerOnPostgreSQL(t *testing.T) {
	few(t, "1")
	house := keepHouseIn(t, cluster.Database(t))
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &process{dir: dir} })
		w.live(map[string]func(){"kill": w.killed, "kill in an action": w.killedInAnAction})
	})
}

// While the database is away every answer says so, nobody is signed out, and the
// server goes on by itself once it is back.
func TestTheDatabaseGoesAway(t *testing.T) {
	var own pgtest.Cluster
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := newSite(t, at(own.Database(t)))
	p := s.order(delivered)
	own.Down(t)
	for _, r := range []request{
		{method: "GET", path: "/api/v1/orders", as: s.eva},
		{method: "GET", path: p.path(""), as: p.buyer},
		{method: "POST", path: p.path("/accept"), as: p.buyer},
		{method: "POST", path: "/api/v1/session", body: `{"email":"eva@example.org","password":"` + password + `"}`},
		{method: "HEAD", path: "/uploads/" + p.file.ID, as: s.eva, header: []string{"Tus-Resumable", "1.0.0"}},
		{method: "GET", path: p.path("/deliveries/1/files/" + p.file.ID), as: p.buyer},
	} {
		a := s.send(r)
		if a.StatusCode != 503 || r.method != "HEAD" && a.problem.Code != "unavailable" {
			t.Errorf("%s %s while the database is away: %s %s", r.method, r.path, a.Status, a.raw)
		}
	}
	if ready := s.send(request{method: "GET", path: "/readyz"}); ready.StatusCode != 503 {
		t.Errorf("ready while the database is away: %s", ready.Status)
	}
	if _, err := backend.New(backend.Config{Dir: t.TempDir(), Database: s.database, Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("a start without the database: %v", err)
	}
	own.Up(t)
	if a := s.send(request{method: "POST", path: p.path("/accept"), as: p.buyer}); a.StatusCode != 200 {
		t.Errorf("accepting once the database is back: %s %s", a.Status, a.raw)
	}
	if o := s.look(p); o.Status != order.Completed {
		t.Errorf("the order is %s", o.Status)
	}
}

// What a folder and a database belong to is looked at before anything is
// changed.
func TestFoldersAndDatabasesThatDoNotBelongTogether(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	database := cluster.Database(t)
	try := func(dir, database string) error {
		s, err := backend.New(backend.Config{Dir: dir, Database: database, Policy: order.DefaultPolicy(), Log: log})
		if err == nil {
			err = s.Close(context.Background())
		}
		return err
	}
	dir, other, own := t.TempDir(), t.TempDir(), t.TempDir()
	if err := errors.Join(try(dir, database), try(own, "")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, dir, database, want string }{
		{"a folder of a database without it", dir, "", "--database"},
		{"a folder with orders of its own", own, database, "handover.db"},
		{"another secret", other, database, "secret.key"},
		{"an address that is none", t.TempDir(), "mysql://eva:geheim@host/db", "postgres://"},
		{"a setting that is wrong", t.TempDir(), "postgres://eva:geheim@host/db?sslmode=maybe", "a setting"},
		{"nobody there", t.TempDir(), "postgres://eva:geheim@127.0.0.1:1/db?connect_timeout=1", "does not answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := try(test.dir, test.database)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("the error is %v; want one about %s", err, test.want)
			}
		})
	}
	secret, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(other, "secret.key"), secret, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := try(other, database); err != nil {
		t.Errorf("with the secret copied: %v", err)
	}
}

// Two servers never have one folder open, and the operator's commands reach the
// one that has.
func TestOperatorOnPostgreSQL(t *testing.T) {
	h := withSeller(t, at(cluster.Database(t)))
	c := backend.Config{Dir: h.dir, Database: h.database, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler), Now: time.Now}
	if s, err := backend.New(c); !errors.Is(err, backend.ErrInUse) {
		t.Errorf("a second server in the folder: %v", err)
		if err == nil {
			s.Close(t.Context())
		}
	}
	users, err := h.operator(t).Users(t.Context())
	if err != nil || len(users) != 2 {
		t.Errorf("the operator finds %d users, %v", len(users), err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	op, closeOperator, err := backend.OpenOperator(c)
	if err != nil {
		t.Fatal(err)
	}
	if users, err := op.Users(t.Context()); err != nil || len(users) != 2 {
		t.Errorf("with no server running the operator finds %d users, %v", len(users), err)
	}
	if err := closeOperator(); err != nil {
		t.Error(err)
	}
}
