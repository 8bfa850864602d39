package backend_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/order"
)

// A database that knows nothing of the files, because it is the wrong one or a
// new one, is refused: its janitor would remove all of them.
func TestFilesOfOtherRecords(t *testing.T) {
	open := func(dir, database, bucket string) error {
		s, err := backend.New(backend.Config{Dir: dir, Database: database, Storage: bucket, Log: slog.New(slog.DiscardHandler), Policy: order.DefaultPolicy()})
		if err == nil {
			err = s.Close(t.Context())
		}
		return err
	}
	secretFrom := func(dir string) string {
		other := t.TempDir()
		secret, err := os.ReadFile(filepath.Join(dir, "secret.key"))
		if err == nil {
			err = os.WriteFile(filepath.Join(other, "secret.key"), secret, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return other
	}
	right, wrong, bucket := cluster.Database(t), cluster.Database(t), storage.Bucket(t).Address()
	embedded := storage.Bucket(t).Address()
	onDatabase, onStorage, alone, aloneOnStorage := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	for _, err := range []error{
		open(onDatabase, right, ""), open(onStorage, cluster.Database(t), bucket), open(alone, "", ""), open(aloneOnStorage, "", embedded),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join("uploads", strings.Repeat("a", 26)+".data")
	for _, dir := range []string{onDatabase, alone} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("work"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{alone, aloneOnStorage} {
		if err := os.Remove(filepath.Join(dir, "handover.db")); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct{ dir, database, bucket, say string }{
		"a folder with another database":       {onDatabase, wrong, "", "in another database"},
		"a bucket with another database":       {secretFrom(onStorage), cluster.Database(t), bucket, "in another database"},
		"a bucket without a database":          {secretFrom(onStorage), "", bucket, "in another database"},
		"a folder whose records have vanished": {alone, "", "", "handover.db is gone"},
		"the same with a bucket":               {aloneOnStorage, "", embedded, "handover.db is gone"},
	} {
		if err := open(tc.dir, tc.database, tc.bucket); err == nil || !strings.Contains(err.Error(), tc.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, dir := range []string{onDatabase, alone} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
	if err := open(onDatabase, right, ""); err != nil {
		t.Errorf("with its own again: %v", err)
	}
}
