package draft_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"handover/app/internal/draft"
)

func TestShared(t *testing.T) {
	s := draft.Shared{Path: filepath.Join(t.TempDir(), "new", "shared.db")}
	v := 7
	if err := s.Read(&v); err != nil || v != 7 {
		t.Errorf("without a file: %d, %v", v, err)
	}
	if s.Stamp() != "" {
		t.Error("a stamp without a file")
	}
	if err := s.Update(&v, func() error { v = 8; return nil }); err != nil {
		t.Fatal(err)
	}
	stamp := s.Stamp()
	refused := errors.New("refused")
	if err := s.Update(&v, func() error { v = 9; return refused }); !errors.Is(err, refused) {
		t.Errorf("error %v", err)
	}
	v = 0
	if err := s.Read(&v); err != nil || v != 8 {
		t.Errorf("%d is stored, %v", v, err)
	}
	if stamp == "" {
		t.Error("no stamp")
	}
}

// Several programs count: none gets lost.
func TestSharedByMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shared.db")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s := draft.Shared{Path: path}
			for range 10 {
				n := 0
				if err := s.Update(&n, func() error { n++; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	n := 0
	if err := (draft.Shared{Path: path}).Read(&n); err != nil || n != 40 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestSharedDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shared.db")
	if err := os.WriteFile(path, make([]byte, 40_000), 0o600); err != nil {
		t.Fatal(err)
	}
	v := 0
	if err := (draft.Shared{Path: path}).Read(&v); !errors.Is(err, draft.ErrDamaged) {
		t.Errorf("read: %v", err)
	}
	if err := (draft.Shared{Path: path}).Update(&v, func() error { return nil }); !errors.Is(err, draft.ErrDamaged) {
		t.Errorf("update: %v", err)
	}
}
