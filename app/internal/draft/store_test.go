package draft_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"handover/app/internal/draft"
	"handover/backend/order"
)

func open(t *testing.T, path string) *draft.Store {
	t.Helper()
	s, err := draft.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestDraftIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "drafts.db")
	s := open(t, path)
	if d, err := s.Draft("1"); err != nil || !d.Empty() || d.Order != "1" {
		t.Errorf("a draft that is none: %+v, %v", d, err)
	}
	if _, err := s.Update("1", func(d *draft.Draft) {
		d.Description, d.Links = "Größe", []order.Link{{URL: "https://example.org/a"}}
		d.Submission = &draft.Submission{Key: "k", Fingerprint: "f", After: 2}
	}); err != nil {
		t.Fatal(err)
	}
	files := []draft.File{
		{Path: "b.txt", Source: "/b.txt", Size: 1, State: draft.Queued, Upload: "u", Identity: "i", Resume: "r"},
		{Path: "ä/a.txt", Source: "/a.txt", Size: 2, State: draft.Problem, Fault: draft.Fault{Code: "c", Message: "m"}},
	}
	if _, err := s.PutFiles("1", files); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	d, err := s.Draft("1")
	if err != nil || d.Description != "Größe" || len(d.Links) != 1 || d.Submission.After != 2 || d.UpdatedAt.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
	if diff := cmp.Diff(files, d.Files); diff != "" {
		t.Error(diff)
	}
	if _, err := s.UpdateFile("1", "none", func(*draft.File) {}); !errors.Is(err, draft.ErrNoFile) {
		t.Errorf("a file that is none: %v", err)
	}
	if removed, err := s.RemoveFiles("2", []string{"b.txt"}, time.Time{}); err != nil || len(removed) != 0 {
		t.Errorf("a draft that is none: %v, %v", removed, err)
	}
	if err := errors.Join(s.Delete("1"), s.Delete("1")); err != nil {
		t.Fatal(err)
	}
	if ids, err := s.Drafts(); err != nil || len(ids) != 0 {
		t.Errorf("drafts %v, %v", ids, err)
	}
}

func TestOnlyOneProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drafts.db")
	open(t, path)
	if _, err := draft.Open(path); !errors.Is(err, draft.ErrInUse) {
		t.Errorf("error %v", err)
	}
}

// childPath makes this test's program the child that writes until it is killed.
const childPath = "HANDOVER_TEST_DRAFTS"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		writeForever(path)
	}
	if path := os.Getenv(cyclePath); path != "" {
		cycleForever(path)
	}
	goleak.VerifyTestMain(m)
}

// writeForever stores numbers, and says each once it is stored.
func writeForever(path string) {
	s, err := draft.Open(path)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	d, err := s.Draft("1")
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	n, _ := strconv.Atoi(d.Description)
	for n++; ; n++ {
		_, err := s.Update("1", func(d *draft.Draft) { d.Description = strconv.Itoa(n) })
		if err == nil {
			_, err = s.PutFiles("1", []draft.File{{Path: fmt.Sprint("file ", n%50), Size: int64(n), State: draft.Queued, Resume: strings.Repeat("r", n%5000)}})
		}
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}

// Whenever the program is killed: what was said to be stored is, and the file
// opens.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drafts.db")
	last := 0
	for round := range 12 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for seen := 0; seen < 3+7*round && lines.Scan(); seen++ {
			if last, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(lines.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what was said before the end
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				last = n
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := open(t, path)
		d, err := s.Draft("1")
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(d.Description)
		if err != nil || n < last || n > last+1 {
			t.Fatalf("round %d: %q is stored, %d was said last", round, d.Description, last)
		}
		for _, f := range d.Files {
			if f.Path != fmt.Sprint("file ", f.Size%50) || int64(len(f.Resume)) != f.Size%5000 {
				t.Errorf("round %d: a file was stored in part: %+v", round, f)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
