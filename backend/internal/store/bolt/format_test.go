package bolt_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// filled returns a store with a seller and n orders, at the path.
func filled(t testing.TB, path string, n int) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Accounts.AddAccount(t.Context(), order.Account{ID: "eva", Email: "eva@example.org", Name: "Eva"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Fill("eva", n, noon); err != nil {
		t.Fatal(err)
	}
	return s
}

func formatAt(t *testing.T, path string) uint64 {
	t.Helper()
	// As many steps as any file can need, none of which may be taken.
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var format []byte
	err = db.View(func(tx *bbolt.Tx) error {
		format = slices.Clone(tx.Bucket([]byte("meta")).Get([]byte("format")))
		return nil
	})
	if err != nil || len(format) != 8 {
		t.Fatalf("format %x, %v", format, err)
	}
	return uint64(format[7])
}

func TestANewFileNeedsNoMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	never := func(*bbolt.Tx) error { t.Error("migrated"); return nil }
	s, err := bolt.OpenWith(path, never, never)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := formatAt(t, path); got != 3 {
		t.Errorf("format %d, want 3", got)
	}
	if files, _ := filepath.Glob(path + "*"); len(files) != 1 {
		t.Errorf("files %q", files)
	}
}

// The first version did not count orders.
func TestMigratingFormat1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s := filled(t, path, 5)
	if err := errors.Join(s.MakeFormat1(), s.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	counts, err := s.Orders.CountOrders(t.Context())
	want := map[order.Status]int{order.Active: 3, order.Delivered: 2, order.InRevision: 0, order.Completed: 0, order.Cancelled: 0}
	if err != nil || !maps.Equal(counts, want) {
		t.Errorf("counts %v, %v, want %v", counts, err, want)
	}
	if problems, err := s.Checks.Verify(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	if got, err := s.Format(); err != nil || got != bolt.Latest() {
		t.Errorf("format %d, %v, want %d", got, err, bolt.Latest())
	}
	if got := formatAt(t, path+".v1"); got != 1 {
		t.Errorf("the copy has format %d", got)
	}
}

// Steps are taken one by one; when one fails, those before it stay, nothing of
// it does, and the next start goes on there.
func TestMigrationsAreAChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.OpenWith(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	var taken []string
	step := func(name string, fail *error) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			taken = append(taken, name)
			if err := tx.Bucket([]byte("meta")).Put([]byte(name), []byte("done")); err != nil {
				return err
			}
			return *fail
		}
	}
	none, full := error(nil), errors.New("the disk is full")
	first, second, third := step("first", &none), step("second", &full), step("third", &none)

	if _, err := bolt.OpenWith(path, first, second, third); !errors.Is(err, full) || !strings.Contains(err.Error(), "from format 2 to 3") {
		t.Fatalf("a step failed: %v", err)
	}
	if got := formatAt(t, path); got != 2 {
		t.Fatalf("format %d, want 2: the first step was done", got)
	}
	full = nil
	s, err = bolt.OpenWith(path, first, second, third)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := formatAt(t, path); got != 4 {
		t.Errorf("format %d, want 4", got)
	}
	if want := []string{"first", "second", "second", "third"}; !slices.Equal(taken, want) {
		t.Errorf("steps %q, want %q", taken, want)
	}
	for format, copied := range map[uint64]string{1: path + ".v1", 2: path + ".v2"} {
		if got := formatAt(t, copied); got != format {
			t.Errorf("%s has format %d", copied, got)
		}
	}
}

func TestANewerFormatIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	none := func(*bbolt.Tx) error { return nil }
	s, err := bolt.OpenWith(path, none, none)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.OpenWith(path, none); !errors.Is(err, bolt.ErrNewer) {
		t.Errorf("opened: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}

func TestNothingIsMigratedWithoutACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.OpenWith(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := os.MkdirAll(filepath.Join(path+".v1", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = bolt.OpenWith(path, func(*bbolt.Tx) error { t.Error("migrated"); return nil })
	if err == nil || !strings.Contains(err.Error(), "keep a copy") {
		t.Errorf("opened: %v", err)
	}
	if left, _ := filepath.Glob(path + ".v1.*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAnotherProgramsDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("recipes"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err := bolt.Open(path); err == nil {
		s.Close()
		t.Error("opened")
	}
}
