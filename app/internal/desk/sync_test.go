package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/workfolder"
	"handover/backend/api"
	"handover/backend/order"
)

// quiet is how long a file rests in these tests, which wait for states.
const quiet = 30 * time.Millisecond

func watching(o *desk.Options) { o.Background, o.Quiet = true, quiet }

// sync opens a desk that watches the seller's work folder.
func (s *seller) sync(t *testing.T) *desk.Desk {
	t.Helper()
	d := s.open(t, watching)
	if _, on := d.Folder.State(); !on {
		if err := d.Folder.Enable(s.work, false); err != nil {
			t.Fatal(err)
		}
	}
	s.folder(t, d, s.order)
	return d
}

// folder returns the folder of an order once it has one.
func (s *seller) folder(t *testing.T, d *desk.Desk, id string) string {
	t.Helper()
	dir := ""
	until(t, "the order has a folder", func() bool {
		snapshot, _ := d.Folder.Snapshot(id)
		dir = snapshot.Dir
		return dir != ""
	})
	return dir
}

// verified are the digests of the draft's files by path, once all are verified
// and there are so many.
func (s *seller) verified(t *testing.T, d *desk.Desk, n int) map[string]string {
	t.Helper()
	sums := map[string]string{}
	until(t, "the draft is verified", func() bool {
		dr, err := d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		clear(sums)
		for _, f := range dr.Files {
			if f.State != draft.Verified {
				return false
			}
			sums[f.Path] = f.SHA256
		}
		return len(sums) == n
	})
	return sums
}

// put writes n random bytes into the order's folder, which are long at rest.
func (s *seller) put(t *testing.T, dir, name string, n int) string {
	t.Helper()
	before := s.work
	s.work = dir
	defer func() { s.work = before }()
	_, sum := s.file(t, name, n)
	return sum
}

// contents counts the bytes of uploads' contents that pass the line.
func (l *line) contents() *atomic.Int64 {
	var n atomic.Int64
	l.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "PATCH", "/uploads/") || is(r, "POST", "/uploads/") {
			r.Body = counted{r.Body, &n}
		}
		return false
	})
	return &n
}

type counted struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func TestTheDraftFollowsTheFolder(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	a, b := s.put(t, dir, "a.txt", 1000), s.put(t, dir, "Fotos/Übung.jpg", 2<<20)
	s.put(t, dir, "film.mov.part", 10)
	s.put(t, dir, "WIP/x.txt", 10)
	if diff := cmp.Diff(map[string]string{"a.txt": a, "Fotos/Übung.jpg": b}, s.verified(t, d, 2)); diff != "" {
		t.Error(diff)
	}
	t.Run("a changed file supersedes its upload", func(t *testing.T) {
		a = s.put(t, dir, "a.txt", 2000)
		until(t, "the new version is there", func() bool { return s.verified(t, d, 2)["a.txt"] == a })
	})
	t.Run("a deleted file leaves the draft and the server, an attached one stays", func(t *testing.T) {
		elsewhere := t.TempDir()
		byHand := filepath.Join(elsewhere, "hand.txt")
		if err := os.WriteFile(byHand, []byte("by hand"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.attach(t, d, byHand)
		s.verified(t, d, 3)
		if err := os.Remove(filepath.Join(dir, "a.txt")); err != nil {
			t.Fatal(err)
		}
		if sums := s.verified(t, d, 2); sums["a.txt"] != "" || sums["hand.txt"] == "" {
			t.Errorf("the draft has %v", sums)
		}
		s.untilStored(t, 2<<20+7)
		if _, err := d.Detach(s.order, "hand.txt"); err != nil {
			t.Fatal(err)
		}
		s.verified(t, d, 1)
	})
	t.Run("after a restart it still does", func(t *testing.T) {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		c := s.put(t, dir, "c.txt", 3)
		if err := os.RemoveAll(filepath.Join(dir, "Fotos")); err != nil {
			t.Fatal(err)
		}
		d = s.sync(t)
		until(t, "the draft has c.txt alone", func() bool { return s.verified(t, d, 1)["c.txt"] == c })
	})
}

// untilStored waits until the server has so many bytes from the seller.
func (s *seller) untilStored(t *testing.T, want int64) {
	t.Helper()
	until(t, "the server has forgotten what nobody wants", func() bool {
		return s.stored(t) == want
	})
}

// stored sums up the sizes of the files in the server's folder, each once.
func (s *seller) stored(t *testing.T) (n int64) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(s.data, "uploads"), func(p string, e os.DirEntry, err error) error {
		if err == nil && filepath.Ext(p) == ".data" {
			info, statErr := e.Info()
			if statErr == nil {
				n += info.Size()
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What is moved or delivered again is not sent again.
func TestContentIsSentOnce(t *testing.T) {
	s := newSeller(t)
	sent := s.line.contents()
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	const size = 3 << 20
	want := map[string]string{}
	for _, name := range []string{"1.mov", "2.mov", "3.jpg", "4.jpg"} {
		n := size
		if filepath.Ext(name) == ".jpg" {
			n = 200_000
		}
		want[name] = s.put(t, dir, name, n)
	}
	if diff := cmp.Diff(want, s.verified(t, d, 4)); diff != "" {
		t.Fatal(diff)
	}
	first := sent.Swap(0)
	if first < 2*size+400_000 {
		t.Fatalf("%d bytes were sent of everything", first)
	}
	if err := os.MkdirAll(filepath.Join(dir, "Film"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1.mov", "3.jpg"} {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, "Film", name)); err != nil {
			t.Fatal(err)
		}
		want["Film/"+name] = want[name]
		delete(want, name)
	}
	until(t, "the files have moved", func() bool { return cmp.Equal(want, s.verified(t, d, 4)) })
	if n := sent.Swap(0); n > 0 {
		t.Errorf("%d bytes were sent of files that were moved", n)
	}
	s.deliverFolder(t, d, "The first.")
	if _, err := s.buyer.Review(s.order).RequestChanges(t.Context(), api.Changes{Message: "Another end."}); err != nil {
		t.Fatal(err)
	}
	until(t, "nothing is prepared", func() bool { dr, _ := d.Draft(s.order); return dr.Empty() })
	want["2.mov"] = s.put(t, dir, "2.mov", size-5)
	until(t, "the revised work is prepared", func() bool { return cmp.Equal(want, s.verified(t, d, 4)) })
	if n := sent.Swap(0); n != size-5 {
		t.Errorf("%d bytes were sent of one changed file of %d", n, size-5)
	}
	s.deliverFolder(t, d, "The second.")
	if diff := cmp.Diff(want, s.downloaded(t, 2)); diff != "" {
		t.Error(diff)
	}
	if n := sent.Load(); n > 0 {
		t.Errorf("%d bytes were sent by delivering", n)
	}
}

// A file that leaves the folder at the last moment is not in the delivery, and no
// fault of it.
func TestAFileLeavesAsTheWorkIsDelivered(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	want := map[string]string{"film.mov": s.put(t, dir, "film.mov", 1000)}
	s.put(t, dir, "notes.txt", 10)
	s.verified(t, d, 2)
	if err := os.Remove(filepath.Join(dir, "notes.txt")); err != nil {
		t.Fatal(err)
	}
	s.deliverFolder(t, d, "The film.")
	if diff := cmp.Diff(want, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

func (s *seller) deliverFolder(t *testing.T, d *desk.Desk, text string) {
	t.Helper()
	if _, err := d.Describe(s.order, text); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
}

// Another computer with the same files need not send them either.
func TestContentOfAnEarlierDeliveryIsFound(t *testing.T) {
	s := newSeller(t)
	sent := s.line.contents()
	d := s.sync(t)
	s.put(t, s.folder(t, d, s.order), "1.mov", 3<<20)
	s.verified(t, d, 1)
	s.deliverFolder(t, d, "Done.")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	sent.Store(0)
	s.home = t.TempDir()
	d = s.sync(t)
	s.verified(t, d, 1)
	if n := sent.Load(); n > 0 {
		t.Errorf("%d bytes were sent of a file that was delivered", n)
	}
}

// A file that is written to while it is sent never arrives as a hybrid.
func TestAFileThatChangesWhileItIsSent(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	name := filepath.Join(dir, "film.mov")
	var fresh []byte
	s.line.fault(times(1, "PATCH", "/uploads/", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		fresh = make([]byte, 2<<20)
		fresh[77] = 7
		if err := os.WriteFile(name, fresh, 0o600); err != nil {
			t.Error(err)
		}
		next.ServeHTTP(w, r)
	}))
	s.put(t, dir, "film.mov", 2<<20)
	until(t, "the last version is there", func() bool {
		sums := s.verified(t, d, 1)
		sum := sha256.Sum256(fresh)
		return fresh != nil && sums["film.mov"] == hex.EncodeToString(sum[:])
	})
}

// What cannot be delivered is in the draft as a problem, and goes with it.
func TestTooLargeForADelivery(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	name := filepath.Join(dir, "big.mov")
	if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Truncate(name, 21<<20)); err != nil {
		t.Fatal(err)
	}
	until(t, "the file has a problem", func() bool {
		dr, err := d.Draft(s.order)
		return err == nil && len(dr.Files) == 1 && dr.Files[0].State == draft.Problem && dr.Files[0].Fault.Code == string(order.TooLarge)
	})
	if err := os.Truncate(name, 1<<20); err != nil {
		t.Fatal(err)
	}
	s.verified(t, d, 1)
}

// A completed order's folder is left alone; a folder that is away empties nothing.
func TestWhenTheWorkFolderIsAway(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	s.put(t, s.folder(t, d, s.order), "a.txt", 100)
	s.verified(t, d, 1)
	if err := os.Rename(s.work, s.work+"-away"); err != nil {
		t.Fatal(err)
	}
	if err := d.Folder.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	state, _ := d.Folder.State()
	if len(state.Problems) != 1 || state.Problems[0].Code != workfolder.RootMissing {
		t.Errorf("problems: %+v", state.Problems)
	}
	dr, err := d.Draft(s.order)
	if err != nil || len(dr.Files) != 1 || dr.Files[0].State != draft.Verified {
		t.Errorf("the draft has %+v, %v", dr.Files, err)
	}
	if err := os.Rename(s.work+"-away", s.work); err != nil {
		t.Fatal(err)
	}
	if err := d.Folder.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.verified(t, d, 1)
}
