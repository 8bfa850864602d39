package backend_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/backend"
	"handover/backend/order"
)

// With its files a server leaves nothing behind that it needs but its secret.
func TestAServerMovesToAStorage(t *testing.T) {
	public := func(c *backend.Config) { c.PublicURL = lifeURL }
	s, orders, viewer := busy(t, public)
	large := s.order(active)
	large.file = s.upload(s.eva, large.id, "film.mov", strings.Repeat("0123456789", 2_000_000)) // two parts
	s.deliver(s.eva, large)
	orders = append(orders, large)
	all := questions(s, orders, viewer)
	s.answers(all)
	closed(t, s)
	on := func(c *backend.Config) { c.Dir = s.dir }
	again := openSite(t, public, on)
	before := again.answers(all)
	closed(t, again)

	database, bucket := cluster.Database(t), storage.Bucket(t)
	m := migration(s.dir, database)
	m.Storage = bucket.Address()
	interruptedIn(t, m, "files")
	if err := tryServing(s.dir, ""); err != nil { // which begins anew
		t.Errorf("serving the folder meanwhile: %v", err)
	}
	interruptedIn(t, m, "files")
	done, err := backend.Migrate(t.Context(), m)
	noFault(t, err)
	if done.Source.String() != done.Destination.String() || done.Destination.Bytes < 20_000_000 || done.Anew || done.Dropped != 0 {
		t.Errorf("the migration says %+v, %s, %s", done, done.Source, done.Destination)
	}
	sameRecords(t, s.dir, database)

	says(t, "serving without the storage", tryServing(s.dir, database), "--storage")
	says(t, "serving with another storage", tryServing(s.dir, database, keepIn(storage.Bucket(t))), "has others")
	files, err := filepath.Glob(filepath.Join(s.dir, "uploads", "*"))
	if err != nil || len(files) < 7 {
		t.Errorf("the folder has %d files left, %v", len(files), err)
	}
	noFault(t, os.RemoveAll(filepath.Join(s.dir, "uploads"))) // as its operator does some day
	moved := openSite(t, public, on, at(database), keepIn(bucket))
	if diff := cmp.Diff(before, moved.answers(all)); diff != "" {
		t.Errorf("the answers (-before +after):\n%.5000s", diff)
	}
	if done, err := backend.Migrate(t.Context(), m); err == nil || done.Already {
		t.Errorf("while the folder is served: %+v, %v", done, err)
	}
}

// interruptedIn stops a migration after the first records or files of a step.
func interruptedIn(t *testing.T, m backend.Migration, step string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m.Tell = func(p backend.MigrationProgress) {
		if p.Step == step && p.Done > 0 {
			cancel()
		}
	}
	if _, err := backend.Migrate(ctx, m); !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted migration says %v", err)
	}
}

// What is still on its way to a folder cannot go on in a bucket, and is not left
// behind unasked.
func TestUnfinishedUploadsStay(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	location := s.begun(p, "later.mov", "0123456789")
	s.goneOn(location, "later.mov", "0123456789", 5)
	closed(t, s)
	second := copied(t, s.dir, "")
	database := cluster.Database(t)
	migrate(t, second, database) // without a storage they go on
	moved := openSite(t, func(c *backend.Config) { c.Dir = second }, at(database))
	if a := moved.send(request{method: "HEAD", path: location, as: s.eva, header: []string{"Tus-Resumable", "1.0.0"}}); a.Header.Get("Upload-Offset") != "5" {
		t.Errorf("in its folder the unfinished upload is answered with %s %v", a.Status, a.Header)
	}

	m := migration(s.dir, cluster.Database(t))
	bucket := storage.Bucket(t)
	m.Storage = bucket.Address()
	_, err := backend.Migrate(t.Context(), m)
	if !errors.Is(err, &order.Error{Code: order.Conflict}) || !strings.Contains(err.Error(), "1 uploads") {
		t.Errorf("with an unfinished upload: %v", err)
	}
	m.DropUnfinished = true
	done, err := backend.Migrate(t.Context(), m)
	if err != nil || done.Dropped != 1 || done.Files != 1 {
		t.Errorf("without it: %+v, %v", done, err)
	}
	if done, err := backend.Migrate(t.Context(), m); err != nil || !done.Already {
		t.Errorf("again: %+v, %v", done, err)
	}
	elsewhere := openSite(t, func(c *backend.Config) { c.Dir = s.dir }, at(m.Database), keepIn(bucket))
	if a := elsewhere.send(request{method: "HEAD", path: location, as: s.eva, header: []string{"Tus-Resumable", "1.0.0"}}); a.StatusCode != 404 {
		t.Errorf("in the bucket the unfinished upload is answered with %s", a.Status)
	}
}

// A file whose bytes are not what its record says stops the migration, and the
// source stays in charge.
func TestADamagedFileDoesNotMove(t *testing.T) {
	dir := quiet(t)
	found, err := filepath.Glob(filepath.Join(dir, "uploads", "*.data"))
	noFault(t, err)
	st, err := os.Stat(found[0])
	noFault(t, err)
	noFault(t, os.WriteFile(found[0], []byte(strings.Repeat("x", int(st.Size()))), 0o600))
	m := migration(dir, cluster.Database(t))
	m.Storage = storage.Bucket(t).Address()
	_, err = backend.Migrate(t.Context(), m)
	says(t, "the migration", err, "SHA-256")
	if err := tryServing(dir, ""); err != nil {
		t.Errorf("serving the folder: %v", err)
	}
}
