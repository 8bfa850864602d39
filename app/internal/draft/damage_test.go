package draft_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// Whatever becomes of a file: it opens, everything in it can be read, it can
// be written, and what was set aside is kept.
func TestAnyDamage(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, seed))
	path := filepath.Join(t.TempDir(), "handover.db")
	s := open(t, path)
	for i := range 12 {
		order := fmt.Sprint("order ", i)
		describe(t, s, order, strings.Repeat("x", 200*i))
		files := []draft.File{}
		for j := range i {
			files = append(files, draft.File{Path: fmt.Sprint("f", j), Source: strings.Repeat("s", 50), Size: int64(j), State: draft.Queued})
		}
		if _, err := s.PutFiles(order, files); err != nil {
			t.Fatal(err)
		}
		if err := s.CacheOrder(api.Order{ID: order}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, kept := read(t, path), read(t, path+".bak")
	restored := 0
	for range 50 {
		content := damage(chance, whole)
		dir := t.TempDir()
		path := filepath.Join(dir, "handover.db")
		write(t, path, content)
		write(t, path+".bak", kept)
		s, r := recovered(t, path)
		readAll(t, s)
		describe(t, s, "new", "text")
		if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
			t.Fatal(err)
		}
		if r != (draft.Recovered{}) {
			restored++
			if !bytes.Equal(read(t, r.SetAside), content) {
				t.Errorf("%+v: not as it was", r)
			}
		}
		s, _ = recovered(t, path)
		readAll(t, s)
		s.Close()
	}
	t.Logf("%d of 50 files were restored", restored)
	if restored == 0 {
		t.Error("no damage was found")
	}
}

// damage returns a file with something wrong in it.
func damage(chance *rand.Rand, whole []byte) []byte {
	content := bytes.Clone(whole)
	page := func() []byte { i := chance.IntN(len(content)/4096) * 4096; return content[i : i+4096] }
	switch chance.IntN(6) {
	case 0: // a bit
		content[chance.IntN(len(content))] ^= 1 << chance.IntN(8)
	case 1: // bytes in the headers of pages
		for range 3 {
			page()[chance.IntN(32)] = byte(chance.Uint32())
		}
	case 2: // a page was not written
		clear(page())
	case 3: // a page was written to another's place
		copy(page(), page())
	case 4:
		content = content[:chance.IntN(len(content))]
	case 5: // anything in one page
		p := page()
		for range 20 {
			p[chance.IntN(len(p))] = byte(chance.Uint32())
		}
	}
	return content
}

func readAll(t *testing.T, s *draft.Store) {
	t.Helper()
	ids, err := s.Drafts()
	for _, id := range ids {
		if _, oneErr := s.Draft(id); oneErr != nil {
			err = errors.Join(err, oneErr)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.CachedOrders(); err != nil {
		t.Fatal(err)
	}
}

func FuzzVerify(f *testing.F) {
	path := filepath.Join(f.TempDir(), "handover.db")
	s, err := draft.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	describe(f, s, "1", strings.Repeat("x", 5000))
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path + ".bak")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), uint64(0), uint32(0), uint64(0))
	f.Add(uint32(8192), uint64(1), uint32(8200), uint64(3)) // another number, another kind
	f.Fuzz(func(t *testing.T, at uint32, with uint64, at2 uint32, with2 uint64) {
		content := bytes.Clone(whole)
		for i := range 8 {
			content[(int(at)+i)%len(content)] ^= byte(with >> (8 * i))
			content[(int(at2)+i)%len(content)] ^= byte(with2 >> (8 * i))
		}
		if _, err := draft.Verify(bytes.NewReader(content), int64(len(content))); err != nil && !errors.Is(err, draft.ErrDamaged) {
			t.Errorf("error %v", err)
		}
	})
}

// BenchmarkOpen opens and closes a file with 10,000 orders in its cache.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "handover.db")
	s, err := draft.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	orders := make([]api.Order, 10_000)
	for i := range orders {
		orders[i] = api.Order{ID: fmt.Sprint(i), Title: strings.Repeat("t", 60), ChangeRequest: &order.ChangeRequest{Message: strings.Repeat("m", 500)}}
	}
	if err := errors.Join(s.CacheOrders(orders, time.Now()), s.Close()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := draft.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
