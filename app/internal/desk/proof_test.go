package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
)

// failer is a test, or one try of a property.
type failer interface {
	Helper()
	Fatal(...any)
}

// editUnseen changes a byte of the file in place and sets its times back, as
// encrypted containers and tag editors do. Size, time and inode stay.
func editUnseen(t failer, path string, at int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	_, err = f.ReadAt(b, at)
	b[0] ^= 0xff
	if err == nil {
		_, err = f.WriteAt(b, at)
	}
	if err = errors.Join(err, f.Close(), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
}

// putCopy puts an equal copy of the file, with its times, in its place.
func putCopy(t failer, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	fresh := filepath.Join(filepath.Dir(path), ".copy")
	err = errors.Join(err, os.WriteFile(fresh, content, 0o600), os.Chtimes(fresh, info.ModTime(), info.ModTime()), os.Rename(fresh, path))
	if err != nil {
		t.Fatal(err)
	}
}

// truncateAndRestore empties the file and writes it again as it was.
func truncateAndRestore(t failer, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	content, err := os.ReadFile(path)
	must(t, err)
	must(t, errors.Join(os.WriteFile(path, nil, 0o600), os.WriteFile(path, content, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())))
}

func touch(t failer, path string) {
	t.Helper()
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// sumOf is the digest of what is in the file now.
func sumOf(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ready is an order with one verified file, in the work folder or attached.
func (s *seller) ready(t *testing.T, inFolder bool, size int) (d *desk.Desk, path string) {
	t.Helper()
	if inFolder {
		d = s.sync(t)
		dir := s.folder(t, d, s.order)
		s.put(t, dir, "vault.hc", size)
		path = filepath.Join(dir, "vault.hc")
	} else {
		d = s.open(t, background)
		path, _ = s.file(t, "vault.hc", size)
		s.attach(t, d, path)
	}
	s.verified(t, d, 1)
	if _, err := d.Describe(s.order, "The vault."); err != nil {
		t.Fatal(err)
	}
	return d, path
}

func TestAnUnseenEditIsDelivered(t *testing.T) {
	for name, inFolder := range map[string]bool{"attached": false, "in the work folder": true} {
		for size, n := range map[string]int{"small": 3000, "large": 3 << 20} {
			t.Run(name+", "+size, func(t *testing.T) {
				s := newSeller(t)
				d, path := s.ready(t, inFolder, n)
				editUnseen(t, path, int64(n)/2)
				want := sumOf(t, path)
				if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
					t.Fatal(err)
				}
				if got := s.downloaded(t, 1)["vault.hc"]; got != want {
					t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
				}
			})
		}
	}
}

// The same before the file is verified: while its upload is interrupted.
func TestAnUnseenEditOfAnInterruptedUploadIsDelivered(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	path, _ := s.file(t, "vault.hc", 8<<20)
	s.interrupt(t, d, path)
	editUnseen(t, path, 100)
	want := sumOf(t, path)
	if err := d.Uploads.Resume("", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Describe(s.order, "The vault."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if got := s.downloaded(t, 1)["vault.hc"]; got != want {
		t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
	}
}

// interrupt attaches the file and pauses its upload once the server has a part
// of it. It returns how much was sent.
func (s *seller) interrupt(t *testing.T, d *desk.Desk, path string) int64 {
	t.Helper()
	sent := s.line.contents()
	hold := make(chan struct{})
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "PATCH", "/uploads/") {
			r.Body = &slow{ReadCloser: r.Body, after: 2 << 20, hold: hold}
		}
		return false
	})
	s.attach(t, d, path)
	until(t, "some of it was sent", func() bool { return sent.Load() >= 2<<20 })
	if err := d.Uploads.Pause("", ""); err != nil {
		t.Fatal(err)
	}
	until(t, "it is paused", func() bool {
		list, err := d.Uploads.Transfers()
		return err == nil && len(list.List) == 1 && list.List[0].File == draft.Queued
	})
	close(hold)
	return sent.Load()
}

// slow is a request whose content stops after some bytes until hold is closed.
type slow struct {
	io.ReadCloser
	after int
	hold  chan struct{}
}

func (s *slow) Read(p []byte) (int, error) {
	if s.after <= 0 {
		<-s.hold
	}
	n, err := s.ReadCloser.Read(p)
	s.after -= n
	return n, err
}

// What was verified when the seller asked to deliver and has other bytes since
// is not what they asked for.
func TestAnUnseenEditWithdrawsAQueuedDelivery(t *testing.T) {
	for name, inFolder := range map[string]bool{"attached": false, "in the work folder": true} {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			d, path := s.ready(t, inFolder, 3<<20)
			s.line.cut(true)
			if _, err := d.Delivery.Queue(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			editUnseen(t, path, 100)
			s.line.cut(false)
			s.noticed(t, d, problem.CodeChangedSince)
			if n := s.delivered(t); n != 0 {
				t.Fatalf("%d deliveries", n)
			}
			want := sumOf(t, path)
			if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if got := s.downloaded(t, 1)["vault.hc"]; got != want {
				t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
			}
		})
	}
}

// Equal content is never sent twice, whatever else changes about its file.
func TestEqualContentIsNotSentAgain(t *testing.T) {
	for name, change := range map[string]func(failer, string){
		"touched": touch,
		"copied":  putCopy,
		"chmod":   func(t failer, path string) { must(t, os.Chmod(path, 0o640)) },
		"hard link": func(t failer, path string) {
			must(t, os.Link(path, filepath.Join(filepath.Dir(filepath.Dir(path)), "backup")))
		},
		"restored":    truncateAndRestore,
		"edit undone": func(t failer, path string) { editUnseen(t, path, 7); editUnseen(t, path, 7) },
	} {
		for where, inFolder := range map[string]bool{"attached": false, "in the work folder": true} {
			t.Run(name+", "+where, func(t *testing.T) {
				s := newSeller(t)
				sent := s.line.contents()
				d, path := s.ready(t, inFolder, 3<<20)
				before := sent.Load()
				change(t, path)
				if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
					t.Fatal(err)
				}
				if n := sent.Load() - before; n != 0 {
					t.Errorf("%d bytes were sent again", n)
				}
				if got, want := s.downloaded(t, 1)["vault.hc"], sumOf(t, path); got != want {
					t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
				}
			})
		}
	}
}

func must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Nor is the part of a file that the server has already.
func TestEqualContentGoesOnWhereItStopped(t *testing.T) {
	for name, change := range map[string]func(failer, string){"touched": touch, "copied": putCopy} {
		t.Run(name, func(t *testing.T) {
			const size = 12 << 20
			s := newSeller(t)
			d := s.open(t, background)
			path, want := s.file(t, "film.mov", size)
			s.interrupt(t, d, path)
			sent := s.line.contents()
			change(t, path)
			must(t, d.Uploads.Resume("", ""))
			if got := s.verified(t, d, 1)["film.mov"]; got != want {
				t.Errorf("verified %.8s, want %.8s", got, want)
			}
			if n := sent.Load(); n > size-1<<20 {
				t.Errorf("%d bytes of %d were sent after the interruption", n, size)
			}
		})
	}
}

// Drafts of earlier versions of the program know no time of change: they cost
// one reading.
func TestADraftOfAnEarlierVersionGoesOn(t *testing.T) {
	for name, edited := range map[string]bool{"as it was": false, "edited meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			d, path := s.ready(t, false, 3<<20)
			must(t, d.Close())
			s.age(t)
			if edited {
				editUnseen(t, path, 100)
			}
			d = s.open(t, background)
			sent := s.line.contents()
			s.verified(t, d, 1)
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if got, want := s.downloaded(t, 1)["vault.hc"], sumOf(t, path); got != want {
				t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
			}
			if n := sent.Load(); !edited && n != 0 {
				t.Errorf("%d bytes were sent again", n)
			}
		})
	}
}

// age makes the draft, whose desk is closed, one of an earlier version.
func (s *seller) age(t *testing.T) {
	t.Helper()
	store, err := draft.Open(filepath.Join(s.home, "handover.db"))
	must(t, err)
	dr, err := store.Draft(s.order)
	must(t, err)
	for _, f := range dr.Files {
		_, err := store.UpdateFile(s.order, f.Path, func(f *draft.File) {
			var known struct {
				Size    int64  `json:"size"`
				ModTime int64  `json:"modTime"`
				Inode   uint64 `json:"inode"`
				Device  uint64 `json:"device"`
			}
			must(t, json.Unmarshal([]byte(f.Identity), &known))
			raw, err := json.Marshal(known)
			must(t, err)
			f.Identity, f.Sent = string(raw), ""
		})
		must(t, err)
	}
	must(t, store.Close())
}

// On a file system whose times and numbers prove nothing, as on exFAT, reading
// decides.
func TestAFileSystemThatProvesNothing(t *testing.T) {
	work, err := os.MkdirTemp("/dev/shm", "handover")
	if err != nil {
		t.Skip("needs a file system in memory: ", err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	for name, change := range map[string]func(failer, string){
		"an unseen edit": func(t failer, path string) { editUnseen(t, path, 7) },
		"plugged in again": func(t failer, path string) { // other inodes, and times of two seconds
			putCopy(t, path)
			info, err := os.Stat(path)
			must(t, err)
			rounded := info.ModTime().Truncate(2 * time.Second)
			must(t, os.Chtimes(path, rounded, rounded))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			s.work = work
			sent := s.line.contents()
			d, path := s.ready(t, false, 3<<20)
			if id, err := content.Begin(path); err != nil || id.Firm || id.Changed != 0 || id.Inode != 0 {
				t.Fatalf("relied on %+v, %v", id, err)
			}
			before, was := sent.Load(), sumOf(t, path)
			change(t, path)
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			want := sumOf(t, path)
			if got := s.downloaded(t, 1)["vault.hc"]; got != want {
				t.Errorf("delivered %.8s, on the disk is %.8s", got, want)
			}
			if n := sent.Load() - before; want == was && n != 0 {
				t.Errorf("%d bytes were sent again", n)
			}
		})
	}
}

// While it is not known whether a file is as it was, nothing says that it is
// verified, or that it is being sent.
func TestAFileThatIsReadAgainIsShownSo(t *testing.T) {
	s := newSeller(t)
	d, path := s.ready(t, false, 16<<20)
	sent := s.line.contents()
	seen := false
	look := func() {
		if _, running := d.Uploads.Checked(s.order, "vault.hc"); !running {
			return
		}
		dr, err := d.Draft(s.order)
		must(t, err)
		list, err := d.Uploads.Transfers()
		must(t, err)
		if _, still := d.Uploads.Checked(s.order, "vault.hc"); !still {
			return // it may have ended in between
		}
		seen = true
		if f := dr.Files[0]; f.State != draft.Queued || f.SHA256 != "" {
			t.Errorf("while it is read it is %s, %q", f.State, f.SHA256)
		}
		if len(list.List) != 1 || !list.List[0].Checking {
			t.Errorf("the transfers say %+v", list.List)
		}
	}
	until(t, "it is seen while it is read", func() bool {
		touch(t, path)
		s.attach(t, d, path)
		until(t, "it is read", func() bool {
			look()
			dr, err := d.Draft(s.order)
			return seen || err == nil && dr.Files[0].State == draft.Verified
		})
		s.verified(t, d, 1)
		return seen
	})
	if sent.Load() != 0 {
		t.Errorf("%d bytes were sent", sent.Load())
	}
}

// The delivery says which files were not what had been uploaded.
func TestADeliveryNamesWhatWasSentAgain(t *testing.T) {
	s := newSeller(t)
	d, path := s.ready(t, false, 2<<20)
	other, _ := s.file(t, "notes.txt", 100)
	s.attach(t, d, other)
	s.verified(t, d, 2)
	editUnseen(t, path, 5)
	touch(t, other)
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if got := d.Uploads.Resent(s.order); len(got) != 1 || got[0] != "vault.hc" {
		t.Errorf("sent again: %v", got)
	}
}
