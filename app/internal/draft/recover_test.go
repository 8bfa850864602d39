package draft_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// describe stores a description of some length for an order.
func describe(t testing.TB, s *draft.Store, order, text string) {
	t.Helper()
	if _, err := s.Update(order, func(d *draft.Draft) { d.Description = text }); err != nil {
		t.Fatal(err)
	}
}

func description(t testing.TB, s *draft.Store, order string) string {
	t.Helper()
	d, err := s.Draft(order)
	if err != nil {
		t.Fatal(err)
	}
	return d.Description
}

// recovered reopens the file and returns what was done about it.
func recovered(t *testing.T, path string) (*draft.Store, draft.Recovered) {
	t.Helper()
	s := open(t, path)
	r, happened, err := s.Recovered()
	if err != nil || happened != (r != draft.Recovered{}) {
		t.Fatalf("%+v, %v, %v", r, happened, err)
	}
	return s, r
}

// write puts the content at the path, or nothing for nil.
func write(t *testing.T, path string, content []byte) {
	t.Helper()
	err := os.RemoveAll(path)
	if content != nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// filled makes a closed file with a draft, with its copy, and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "handover.db")
	s := open(t, path)
	describe(t, s, "1", strings.Repeat("ü", 10_000))
	if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
		t.Fatal(err)
	}
	return path
}

// damages are what may have become of a file.
func damages(whole []byte) map[string][]byte {
	return map[string][]byte{
		"text":              []byte(strings.Repeat("these are no drafts\n", 1000)),
		"short text":        []byte("no"),
		"zeros":             make([]byte, len(whole)),
		"cut":               whole[:6000],
		"without its pages": slices.Concat(whole[:8192], make([]byte, len(whole)-8192)),
		"cut by a byte":     whole[:len(whole)-1],
	}
}

func TestDamagedFileIsRestored(t *testing.T) {
	path := filled(t)
	whole, kept := read(t, path), read(t, path+".bak")
	for name, content := range damages(kept) { // the copy is as long as what is used of it
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "handover.db")
			write(t, path, content)
			write(t, path+".bak", kept)
			s, r := recovered(t, path)
			if got := description(t, s, "1"); got != strings.Repeat("ü", 10_000) {
				t.Errorf("%d bytes came back", len(got))
			}
			if r.From != path+".bak" || r.AsOf.IsZero() || !bytes.Equal(read(t, r.SetAside), content) {
				t.Errorf("%+v", r)
			}
			if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
				t.Fatal(err)
			}
			s, again := recovered(t, path) // it is told until it is known
			if again != r {
				t.Errorf("%+v, before %+v", again, r)
			}
			if err := s.ForgetRecovered(); err != nil {
				t.Fatal(err)
			}
			if r, happened, err := s.Recovered(); happened || err != nil {
				t.Errorf("%+v, %v", r, err)
			}
		})
		t.Run(name+", without a copy", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "handover.db")
			write(t, path, content)
			s, r := recovered(t, path)
			if r.From != "" || !r.AsOf.IsZero() || !bytes.Equal(read(t, r.SetAside), content) {
				t.Errorf("%+v", r)
			}
			describe(t, s, "1", "anew")
		})
		t.Run(name+", and so is the copy", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "handover.db")
			write(t, path, content)
			write(t, path+".bak", content)
			if _, r := recovered(t, path); r.From != "" || r.SetAside == "" {
				t.Errorf("%+v", r)
			}
			if aside, err := filepath.Glob(path + ".bak.damaged-*"); err != nil || len(aside) != 1 || !bytes.Equal(read(t, aside[0]), content) {
				t.Errorf("the copy is not kept: %q, %v", aside, err)
			}
		})
		t.Run("the copy alone: "+name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "handover.db")
			write(t, path, whole)
			write(t, path+".bak", content)
			s, r := recovered(t, path)
			if r != (draft.Recovered{}) || description(t, s, "1") == "" {
				t.Errorf("%+v", r)
			}
			if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(read(t, path+".bak")[8192:], kept[8192:]) {
				t.Error("the copy is not made again")
			}
		})
	}
}

// The program was killed after it had set the file aside, or somebody removed
// it; or there is only its name after a loss of power.
func TestFileThatHasGone(t *testing.T) {
	for name, content := range map[string][]byte{"no file": nil, "an empty file": {}} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			write(t, path, content)
			s, r := recovered(t, path)
			if r.SetAside != "" || r.From != path+".bak" || description(t, s, "1") == "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A file that is older than its copy has lost what was said to be stored.
func TestFileOlderThanItsCopy(t *testing.T) {
	path := filled(t)
	before := read(t, path)
	s := open(t, path)
	describe(t, s, "1", "later")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, before)
	s, r := recovered(t, path)
	if r.From == "" || !bytes.Equal(read(t, r.SetAside), before) || description(t, s, "1") != "later" {
		t.Errorf("%+v", r)
	}
}

// Two damages within one second do not overwrite each other.
func TestEachDamageIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	synctest.Test(t, func(t *testing.T) { // time stands still
		for i := range 3 {
			write(t, path, fmt.Append(nil, "damage ", i))
			s := open(t, path)
			if r, _, err := s.Recovered(); err != nil || string(read(t, r.SetAside)) != fmt.Sprint("damage ", i) {
				t.Errorf("%+v, %v", r, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			write(t, path+".bak", nil)
		}
	})
	if kept, err := filepath.Glob(path + ".damaged-*"); err != nil || len(kept) != 3 {
		t.Errorf("%q, %v", kept, err)
	}
}

func TestCopiesAreMadeWhileTheFileIsOpen(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(dir, "handover.db")
		s := open(t, path)
		synctest.Wait()
		inCopy := func() string {
			t.Helper()
			if err := s.CopyFault(); err != nil {
				t.Fatal(err)
			}
			other := filepath.Join(t.TempDir(), "handover.db")
			write(t, other, read(t, path+".bak"))
			c := open(t, other)
			defer c.Close()
			return description(t, c, "1")
		}
		describe(t, s, "1", "one")
		if got := inCopy(); got != "" {
			t.Errorf("a change is copied at once: %q", got)
		}
		time.Sleep(draft.Between)
		synctest.Wait()
		if got := inCopy(); got != "one" {
			t.Errorf("a change is not copied: %q", got)
		}
		if err := s.Delete("1"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := inCopy(); got != "" {
			t.Errorf("what was delivered would come back: %q", got)
		}
		describe(t, s, "1", "two")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := inCopy(); got != "two" {
			t.Errorf("not copied at the end: %q", got)
		}
	})
}

// A copy that cannot be made is told, and the drafts are stored nonetheless.
func TestCopyThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	if err := os.MkdirAll(path+".bak.tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	describe(t, s, "1", "one")
	if err := s.Close(); err != nil || s.CopyFault() == nil {
		t.Errorf("%v, %v", err, s.CopyFault())
	}
	if got := description(t, open(t, path), "1"); got != "one" {
		t.Errorf("%q is stored", got)
	}
}

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
