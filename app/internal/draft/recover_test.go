package draft_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/draft"
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

// Programs that start at the same time find the damage once.
func TestSeveralFindTheDamage(t *testing.T) {
	path := filled(t)
	write(t, path, []byte("no drafts"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := draft.Open(path)
			if errors.Is(err, draft.ErrInUse) {
				return // the others took long
			}
			if err != nil {
				t.Error(err)
				return
			}
			if d, err := s.Draft("1"); err != nil || d.Description == "" {
				t.Errorf("%+v, %v", d, err)
			}
			s.Close()
		})
	}
	all.Wait()
	if kept, err := filepath.Glob(path + ".damaged-*"); err != nil || len(kept) != 1 {
		t.Errorf("%q, %v", kept, err)
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
