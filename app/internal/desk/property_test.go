package desk_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/uploads"
)

// model is one run of the property: an order, and what its seller does.
type model struct {
	s      *seller
	d      *desk.Desk
	reopen func() *desk.Desk
	order  string
	dir    string
}

// Whatever the seller, the files and the network do: each file of a draft is
// in exactly one state and all that is known of it agrees; and when it calms
// down, what is delivered is what lies in the folder.
func TestEveryFileIsInOneState(t *testing.T) {
	few(t, "rapid.checks", "15")
	s := newSeller(t)
	var d *desk.Desk
	reopen := func() *desk.Desk {
		if d != nil {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		d = s.open(t, background)
		return d
	}
	d = reopen()
	rapid.Check(t, func(rt *rapid.T) {
		s.line.cut(false)
		m := &model{s: s, d: d, reopen: reopen, order: s.place(t, "Film", time.Hour).ID, dir: t.TempDir()}
		if err := m.d.Uploads.Resume("", ""); err != nil {
			rt.Fatal(err)
		}
		for _, name := range []string{"a", "b", "c"} {
			m.must(rt, os.WriteFile(filepath.Join(m.dir, name), []byte(name), 0o600))
		}
		_, _, err := m.d.Attach(rt.Context(), m.order, []string{filepath.Join(m.dir, "a"), filepath.Join(m.dir, "b")})
		m.must(rt, err)
		rt.Repeat(map[string]func(*rapid.T){
			"write":   m.write,
			"unseen":  m.changed(func(t failer, path string) { editUnseen(t, path, 0) }),
			"copy":    m.changed(putCopy),
			"touch":   m.changed(touch),
			"restore": m.changed(truncateAndRestore),
			"remove":  m.remove,
			"attach":  m.attach,
			"detach":  m.detach,
			"cut":     func(*rapid.T) { s.line.cut(true) },
			"mend":    func(*rapid.T) { s.line.cut(false) },
			"pause":   m.pause,
			"resume":  func(rt *rapid.T) { m.must(rt, m.d.Uploads.Resume("", "")) },
			"slow":    func(rt *rapid.T) { m.must(rt, m.d.Uploads.SetLimits(uploads.Limits{Up: 300_000})) },
			"fast":    func(rt *rapid.T) { m.must(rt, m.d.Uploads.SetLimits(uploads.Limits{})) },
			"restart": func(*rapid.T) { m.d = m.reopen() },
			"":        m.check,
		})
		m.calm(rt)
	})
}

// few has rapid try less often: every try works with a real server.
func few(t *testing.T, name, value string) {
	t.Helper()
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set(name, before) })
}

func (m *model) must(rt *rapid.T, err error) {
	rt.Helper()
	if err != nil {
		rt.Fatal(err)
	}
}

func (m *model) path(rt *rapid.T) string {
	return filepath.Join(m.dir, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "name"))
}

func (m *model) write(rt *rapid.T) {
	content := make([]byte, rapid.SampledFrom([]int{0, 1, 50_000, 1_200_000}).Draw(rt, "size"))
	rand.Read(content)
	m.must(rt, os.WriteFile(m.path(rt), content, 0o600))
}

// changed does something to a file that is not empty.
func (m *model) changed(do func(failer, string)) func(*rapid.T) {
	return func(rt *rapid.T) {
		path := m.path(rt)
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			do(rt, path)
		}
	}
}

func (m *model) remove(rt *rapid.T) {
	if err := os.Remove(m.path(rt)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		rt.Fatal(err)
	}
}

func (m *model) attach(rt *rapid.T) {
	path := m.path(rt)
	_, _, err := m.d.Attach(rt.Context(), m.order, []string{path})
	if e := problem.Explain(err); e != nil && e.Code != problem.CodeUnreachable { // it is not known yet
		rt.Fatal(err)
	}
}

func (m *model) detach(rt *rapid.T) {
	_, err := m.d.Detach(m.order, filepath.Base(m.path(rt)))
	if err != nil && !errors.Is(err, draft.ErrNoFile) {
		rt.Fatal(err)
	}
}

func (m *model) pause(rt *rapid.T) {
	m.must(rt, m.d.Uploads.Pause(m.order, rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "name")))
}

// check looks at the draft at any moment.
func (m *model) check(rt *rapid.T) {
	dr, err := m.d.Draft(m.order)
	m.must(rt, err)
	for _, f := range dr.Files {
		if fault := wrong(f); fault != "" {
			rt.Fatalf("%s: %s: %+v", f.Path, fault, f)
		}
	}
	list, err := m.d.Uploads.Transfers()
	m.must(rt, err)
	seen := map[string]bool{}
	for _, x := range list.List {
		if seen[x.Order+x.Path] {
			rt.Fatalf("%s is listed twice", x.Path)
		}
		seen[x.Order+x.Path] = true
		if (x.State == "") != (x.File == draft.Problem) {
			rt.Fatalf("listed as %q, in the draft %q", x.State, x.File)
		}
	}
}

// wrong says what in a file's record contradicts its state, or "".
func wrong(f draft.File) string {
	switch f.State {
	case draft.Verified:
		if f.SHA256 == "" || f.Upload == "" || f.Identity == "" || f.Fault != (draft.Fault{}) {
			return "verified, but not known to be so"
		}
	case draft.Problem:
		if f.Fault.Code == "" || f.Fault.Message == "" {
			return "a problem that has no name"
		}
	case draft.Settling, draft.Queued, draft.Uploading:
	default:
		return "in no state"
	}
	if f.State != draft.Verified && f.SHA256 != "" {
		return "a digest of what is not there"
	}
	return ""
}

// calm lets everything go on, and requires that it ends well.
func (m *model) calm(rt *rapid.T) {
	m.s.line.cut(false)
	m.must(rt, m.d.Uploads.SetLimits(uploads.Limits{}))
	// What waits for its next try goes at once.
	m.must(rt, errors.Join(m.d.Uploads.Pause("", ""), m.d.Uploads.Resume("", "")))
	want := map[string]string{}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		m.check(rt)
		dr, err := m.d.Draft(m.order)
		m.must(rt, err)
		moving := 0
		for _, f := range dr.Files {
			if f.State != draft.Verified && f.State != draft.Problem {
				moving++
			}
		}
		if moving == 0 {
			m.settle(rt, dr, want)
			break
		}
		if time.Now().After(end) {
			rt.Fatalf("still moving: %+v", dr.Files)
		}
	}
	if len(want) == 0 {
		return
	}
	_, err := m.d.Describe(m.order, "Calm at last.")
	m.must(rt, err)
	o, err := m.d.Delivery.Deliver(rt.Context(), m.order, false)
	m.must(rt, err)
	for _, f := range o.Deliveries[0].Files {
		if want[f.Path] != f.SHA256 {
			rt.Errorf("%s was delivered with the SHA-256 %s, in the folder it is %s", f.Path, f.SHA256, want[f.Path])
		}
		delete(want, f.Path)
	}
	if len(want) > 0 {
		rt.Errorf("not delivered: %v", want)
	}
}

// settle takes the files with problems out of the draft, which only files that
// are gone may have, and notes what the others hold.
func (m *model) settle(rt *rapid.T, dr draft.Draft, want map[string]string) {
	for _, f := range dr.Files {
		content, err := os.ReadFile(f.Source)
		if err == nil {
			sum := sha256.Sum256(content)
			want[f.Path] = hex.EncodeToString(sum[:])
			if f.State != draft.Verified && f.Fault.Code != problem.CodeFileMissing {
				rt.Fatalf("%s has a problem: %+v", f.Path, f.Fault)
			}
			continue
		}
		_, err = m.d.Detach(m.order, f.Path)
		m.must(rt, err)
	}
}
