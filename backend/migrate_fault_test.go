package backend_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend"
	"handover/backend/order"
)

// migratedFolder is the variable that makes this test program a migration of a
// folder into the database that addressFile in it names.
const migratedFolder = "HANDOVER_TEST_MIGRATION"

// carriedToFile names the bucket that such a migration carries the files to.
const carriedToFile = "bucket.address"

// beMigration is the main function of a migration that says each step.
func beMigration(dir string) {
	address, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		panic(err)
	}
	m := migration(dir, string(address))
	storage, _ := os.ReadFile(filepath.Join(dir, carriedToFile)) // none, no storage
	m.Storage = string(storage)
	m.Tell = func(backend.MigrationProgress) { fmt.Println("a step") }
	if _, err := backend.Migrate(context.Background(), m); err != nil {
		panic(err)
	}
	fmt.Println("done")
}

// quiet is a data folder in which everything has happened, and nobody is now.
func quiet(t *testing.T) (dir string) {
	s, _, _ := busy(t)
	closed(t, s)
	return s.dir
}

// Killed at any moment, the migration goes on, and carries nothing twice.
func TestAMigrationThatIsKilled(t *testing.T) {
	rounds := 6
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_SOAK_KILLS")); err == nil {
		rounds = n
	}
	whole := quiet(t)
	for kills, migrations := 0, 0; kills < rounds; migrations++ {
		dir, database := copied(t, whole, ""), cluster.Database(t)
		var kept func(*backend.Config)
		noFault(t, os.WriteFile(filepath.Join(dir, addressFile), []byte(database), 0o600))
		if migrations%2 == 1 { // every other one with its files
			bucket := storage.Bucket(t)
			kept = keepIn(bucket)
			noFault(t, os.WriteFile(filepath.Join(dir, carriedToFile), []byte(bucket.Address()), 0o600))
		}
		for !migrateUntil(t, dir, 1+rand.IntN(32)) { // more steps than there are
			kills++
		}
		sameRecords(t, dir, database)
		checked(t, dir, database, kept)
		t.Logf("%d kills in %d migrations", kills, migrations+1)
	}
}

// migrateUntil runs the migration and kills it somewhere after it has said so
// many steps; it reports whether it came to its end before.
func migrateUntil(t *testing.T, dir string, steps int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), migratedFolder+"="+dir), os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for said := 0; said < steps && lines.Scan(); said++ {
		if lines.Text() == "done" {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			return true
		}
	}
	// Somewhere in what it does next; nothing waits for this.
	time.Sleep(rand.N(4 * time.Millisecond))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		return true // it was faster
	}
	return false
}

// checked opens a server on a migrated folder and its database.
func checked(t *testing.T, dir, database string, configure func(*backend.Config)) {
	t.Helper()
	c := backend.Config{Dir: dir, Database: database, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)}
	if configure != nil {
		configure(&c)
	}
	s, err := backend.New(c)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Check(t.Context())
	if err != nil || len(report.Problems) > 0 || report.Files != 5 {
		t.Errorf("the check says %s, %q, %v", report, report.Problems, err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// interrupted runs a migration that is told to stop after so many steps.
func interrupted(t *testing.T, dir, database string, steps int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := migration(dir, database)
	m.Tell = func(p backend.MigrationProgress) {
		if p.Step == "records" && p.Done > 0 {
			if steps--; steps == 0 {
				cancel()
			}
		}
	}
	if _, err := backend.Migrate(ctx, m); !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted migration says %v", err)
	}
}

func tryServing(dir, database string, configure ...func(*backend.Config)) error {
	c := backend.Config{Dir: dir, Database: database, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)}
	for _, f := range configure {
		f(&c)
	}
	s, err := backend.New(c)
	if err == nil {
		err = s.Close(context.Background())
	}
	return err
}

func says(t *testing.T, what string, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v; want words about %q", what, err, words)
	}
}

// Until a migration has ended the folder's own server is in charge and the
// database is nobody's; afterwards it is the other way round.
func TestWhoIsInCharge(t *testing.T) {
	dir, database := quiet(t), cluster.Database(t)
	interrupted(t, dir, database, 3)
	other := t.TempDir()
	says(t, "serving from half a database", tryServing(other, database), "secret.key")
	copyFile(t, filepath.Join(dir, "secret.key"), filepath.Join(other, "secret.key"))
	says(t, "serving from half a database with the secret", tryServing(other, database), "on their way")
	says(t, "serving the folder from half a database", tryServing(dir, database), "orders of its own")
	second := quiet(t)
	_, err := backend.Migrate(t.Context(), migration(second, database))
	says(t, "another folder into the same database", err, "not empty")

	if err := tryServing(dir, ""); err != nil { // which changes the file
		t.Errorf("serving the folder meanwhile: %v", err)
	}
	if done := migrate(t, dir, database); !done.Anew || done.Records < 50 {
		t.Errorf("after the source has changed: %+v", done)
	}
	sameRecords(t, dir, database)

	says(t, "serving the folder without the database", tryServing(dir, ""), "--database")
	checked(t, dir, database, nil)
	says(t, "serving the folder with another database", tryServing(dir, cluster.Database(t)), "another database")
	if done := migrate(t, dir, database); !done.Already || done.Records != 0 {
		t.Errorf("migrated again: %+v", done)
	}
	_, err = backend.Migrate(t.Context(), migration(second, database))
	says(t, "another folder into a database in use", err, "not empty")
	_, err = backend.Migrate(t.Context(), migration(dir, cluster.Database(t)))
	says(t, "a folder whose records are elsewhere", err, "another database")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An interrupted migration goes on where it was.
func TestAnInterruptedMigrationGoesOn(t *testing.T) {
	dir, database := quiet(t), cluster.Database(t)
	first := migrate(t, copied(t, dir, ""), cluster.Database(t))
	interrupted(t, dir, database, 2)
	interrupted(t, dir, database, 2)
	if done := migrate(t, dir, database); done.Anew || done.Already || done.Records != first.Records-4*7 {
		t.Errorf("what was left of %d records: %+v", first.Records, done)
	}
	sameRecords(t, dir, database)
}

// What cannot be carried over whole is not begun, or not finished.
func TestWhatIsNotMigrated(t *testing.T) {
	whole := quiet(t)
	edit := func(t *testing.T, dir string, f func(tx *bbolt.Tx) error) {
		t.Helper()
		db, err := bbolt.Open(filepath.Join(dir, "handover.db"), 0o600, nil)
		if err == nil {
			err = errors.Join(db.Update(f), db.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file := func(t *testing.T, dir string, change func(path string) error) {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, "uploads", "*.data"))
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		for _, path := range found { // linked, but copied apart
			if err := change(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name, words string
		spoil       func(t *testing.T, dir string)
	}{
		{"no folder", "nothing to carry", func(t *testing.T, dir string) { os.RemoveAll(dir) }},
		{"no secret", "secret", func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, "secret.key")) }},
		{"no database file", "invalid", func(_ *testing.T, dir string) {
			os.WriteFile(filepath.Join(dir, "handover.db"), []byte(strings.Repeat("x", 1<<16)), 0o600)
		}},
		{"another format", "older", func(t *testing.T, dir string) {
			edit(t, dir, func(tx *bbolt.Tx) error {
				return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{0, 0, 0, 0, 0, 0, 0, 1})
			})
		}},
		{"a newer format", "newer", func(t *testing.T, dir string) {
			edit(t, dir, func(tx *bbolt.Tx) error {
				return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{0, 0, 0, 0, 0, 0, 0, 99})
			})
		}},
		{"a damaged record", "problems", func(t *testing.T, dir string) {
			edit(t, dir, func(tx *bbolt.Tx) error {
				k, _ := tx.Bucket([]byte("events")).Cursor().First()
				return tx.Bucket([]byte("events")).Delete(k)
			})
		}},
		{"a record that cannot be read", "read order", func(t *testing.T, dir string) {
			edit(t, dir, func(tx *bbolt.Tx) error {
				k, _ := tx.Bucket([]byte("orders")).Cursor().First()
				return tx.Bucket([]byte("orders")).Put(k, []byte("{"))
			})
		}},
		{"a file that is missing", "problems", func(t *testing.T, dir string) { file(t, dir, os.Remove) }},
		{"a file with other bytes", "problems", func(t *testing.T, dir string) {
			file(t, dir, func(path string) error {
				st, err := os.Stat(path)
				if err == nil {
					err = os.WriteFile(path, []byte(strings.Repeat("x", int(st.Size()))), 0o600)
				}
				return err
			})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, database := copied(t, whole, ""), cluster.Database(t)
			test.spoil(t, dir)
			_, err := backend.Migrate(t.Context(), migration(dir, database))
			says(t, "the migration", err, test.words)
			if _, err := os.Stat(filepath.Join(dir, "handover.postgres")); err == nil {
				t.Error("the folder is marked nonetheless")
			}
		})
	}
	t.Run("a folder that is served", func(t *testing.T) {
		s := newSite(t)
		_, err := backend.Migrate(t.Context(), migration(s.dir, cluster.Database(t)))
		says(t, "the migration", err, "stop the server")
	})
	t.Run("into a database that is used", func(t *testing.T) {
		s := newSite(t, at(cluster.Database(t)))
		_, err := backend.Migrate(t.Context(), migration(copied(t, whole, ""), s.database))
		says(t, "the migration", err, "not empty")
	})
	t.Run("two at once", func(t *testing.T) {
		dir, database := copied(t, whole, ""), cluster.Database(t)
		m := migration(dir, database)
		again := true
		m.Tell = func(p backend.MigrationProgress) {
			if again && p.Step == "records" && p.Done > 0 {
				again = false // another one comes and does it all
				if _, err := backend.Migrate(t.Context(), migration(dir, database)); err != nil {
					t.Errorf("the second: %v", err)
				}
			}
		}
		_, err := backend.Migrate(t.Context(), m)
		says(t, "the first", err, "another migration")
		sameRecords(t, dir, database)
	})
}
