package backend_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/order"
)

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// The whole way: a server with deliveries, backed up while it serves, restored
// elsewhere, opened, checked, and asked for the bytes.
func TestBackupAndRestore(t *testing.T) {
	h := withSeller(t)
	id, buyer := h.place(t)
	film, photo := random(3<<20), random(100)
	film4K := h.upload(t, id, "film.mov", film)
	h.deliver(t, id, film4K, h.upload(t, id, "photos/Bea 🎬.jpg", photo), h.upload(t, id, "empty.txt", nil))
	waiting := h.upload(t, id, "later.mov", photo)
	var file bytes.Buffer
	summary, err := h.operator(t).Backup(t.Context(), &file)
	if err != nil || summary.Files != 4 {
		t.Fatalf("%+v, %v", summary, err)
	}
	dir := filepath.Join(t.TempDir(), "new")
	restored, err := backend.Restore(t.Context(), bytes.NewReader(file.Bytes()), dir)
	if err != nil || restored != summary {
		t.Fatalf("%+v, %v, want %+v", restored, err, summary)
	}
	for _, name := range []string{"secret.key", "public-url"} {
		want, _ := os.ReadFile(filepath.Join(h.dir, name))
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}

	second := openHouse(t, dir)
	second.token = h.token // sessions are there too
	report, err := second.Check(t.Context())
	if err != nil || report.Orders != 1 || report.Deliveries != 1 || report.Files != 3 || report.Bytes != int64(len(film)+len(photo)) {
		t.Errorf("report %v, %v", report, err)
	}
	got := second.ask(t, "GET", "/api/v1/orders/"+id+"/deliveries/1/files/"+film4K.ID, buyer, nil)
	if !bytes.Equal(got.raw, film) {
		t.Errorf("the buyer gets %s and %d bytes", got.Status, len(got.raw))
	}
	second.deliver(t, id, waiting)
}

// Uploads come and go while a backup is written; what it holds is whole.
func TestBackupWhileUploadsComeAndGo(t *testing.T) {
	h := withSeller(t)
	id, _ := h.place(t)
	kept := h.upload(t, id, "film.mov", random(1<<20))
	h.deliver(t, id, kept)
	gone := h.upload(t, id, "gone.mov", random(1000))

	dir := filepath.Join(t.TempDir(), "new")
	pipe, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := h.Backup(t.Context(), write)
		write.CloseWithError(err)
		done <- err
	}()
	// Once the database has begun to come, its snapshot is taken, and the server
	// waits until more is read.
	var begun bytes.Buffer
	for r := tar.NewReader(io.TeeReader(pipe, &begun)); ; {
		if header, err := r.Next(); err != nil {
			t.Fatal(err)
		} else if header.Name == "handover.db" {
			break
		}
	}
	if r := h.ask(t, "DELETE", "/uploads/"+gone.ID, h.token, nil, "Tus-Resumable", "1.0.0"); r.StatusCode != http.StatusNoContent {
		t.Fatal(r.Status)
	}
	h.upload(t, id, "new.mov", random(1000))
	_, err := backend.Restore(t.Context(), io.MultiReader(&begun, pipe), dir)
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	second := openHouse(t, dir) // whose end checks it
	second.token = h.token
	r := second.ask(t, "POST", "/api/v1/orders/"+id+"/deliveries", h.token,
		[]byte(delivery(gone)), idempotencyField, "a")
	r.refused(t, http.StatusConflict, order.UploadMissing)
}

// A backup never lacks what was delivered: without it there is none.
func TestBackupOfADamagedServer(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"missing": os.Remove,
		"short":   func(path string) error { return os.Truncate(path, 10) },
		"changed": func(path string) error { return os.WriteFile(path, make([]byte, 1000), 0o600) },
	} {
		for _, deliver := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", delivered", false: ", not delivered"}[deliver], func(t *testing.T) {
				h := withSeller(t)
				id, _ := h.place(t)
				content := random(1000)
				f := h.upload(t, id, "film.mov", content)
				if deliver {
					h.deliver(t, id, f)
				}
				path := filepath.Join(h.dir, "uploads", f.ID+".data")
				if err := damage(path); err != nil {
					t.Fatal(err)
				}
				var file bytes.Buffer
				_, err := h.operator(t).Backup(t.Context(), &file)
				dir := filepath.Join(t.TempDir(), "new")
				if deliver {
					if err == nil || !strings.Contains(err.Error(), f.ID) {
						t.Errorf("backed up: %v", err)
					}
					if _, err := backend.Restore(t.Context(), &file, dir); !errors.Is(err, backend.ErrDamaged) {
						t.Errorf("restored what is no backup: %v", err)
					}
					if err := os.WriteFile(path, content, 0o600); err != nil { // the house checks at its end
						t.Fatal(err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if restored, err := backend.Restore(t.Context(), &file, dir); err != nil || restored.Files != 0 {
					t.Fatalf("%+v, %v", restored, err)
				}
				openHouse(t, dir)
				if left, _ := filepath.Glob(filepath.Join(dir, "uploads", "*")); len(left) > 0 {
					t.Errorf("restored %q", left)
				}
			})
		}
	}
}

// small is a backup with every kind of member, about 30 kB long.
func smallBackup(t *testing.T) []byte {
	t.Helper()
	h := withSeller(t)
	id, _ := h.place(t)
	h.deliver(t, id, h.upload(t, id, "film.mov", random(600)))
	var file bytes.Buffer
	if _, err := h.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// refused restores into a new folder, which must fail and leave no trace.
func refused(t *testing.T, file []byte, want error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	if _, err := backend.Restore(t.Context(), bytes.NewReader(file), dir); !errors.Is(err, want) {
		t.Errorf("restored: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is there: %v", err)
	}
}

func TestRestoreRefusesWhatWasCutOrChanged(t *testing.T) {
	file := smallBackup(t)
	for cut := 0; cut < len(file); cut += 511 {
		refused(t, file[:cut], backend.ErrDamaged)
	}
	refused(t, file[:len(file)-1], backend.ErrDamaged)
	refused(t, file[:len(file)-512], backend.ErrDamaged)
	refused(t, file[:len(file)-1024], backend.ErrDamaged)
	refused(t, append(slices.Clone(file), 'x'), backend.ErrDamaged)
	refused(t, []byte("no tar at all"), backend.ErrDamaged)

	// Every byte that means something; what fills blocks up does not.
	in := bytes.NewReader(file)
	for r := tar.NewReader(in); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start := len(file) - in.Len()
		for _, at := range []int64{0, header.Size / 2, header.Size - 1} {
			changed := slices.Clone(file)
			changed[int64(start)+at] ^= 1
			refused(t, changed, backend.ErrDamaged)
		}
		for at := start - 512; at < start; at += 37 {
			changed := slices.Clone(file)
			changed[at] ^= 1
			refused(t, changed, backend.ErrDamaged)
		}
	}
}

// A hostile file writes nowhere but into the folder, and leaves nothing there.
func TestRestoreRefusesOtherNames(t *testing.T) {
	for name, header := range map[string]tar.Header{
		"above":            {Name: "../evil"},
		"absolute":         {Name: "/tmp/evil"},
		"above in uploads": {Name: "uploads/../../evil"},
		"a folder below":   {Name: "uploads/a/evil"},
		"hidden":           {Name: "uploads/.evil"},
		"another file":     {Name: "handover.sock"},
		"backslashes":      {Name: `uploads\evil`},
		"a link":           {Name: "handover.db", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		"a folder":         {Name: "uploads/", Typeflag: tar.TypeDir},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			w := tar.NewWriter(&file)
			if header.Typeflag == 0 {
				header.Typeflag, header.Size = tar.TypeReg, 4
			}
			if err := w.WriteHeader(&header); err != nil {
				t.Fatal(err)
			}
			if header.Size > 0 {
				if _, err := w.Write([]byte("evil")); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			refused(t, file.Bytes(), backend.ErrDamaged)
		})
	}
}

func TestRestoreNeedsAnEmptyFolder(t *testing.T) {
	file := smallBackup(t)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backend.Restore(t.Context(), bytes.NewReader(file), full); !errors.Is(err, backend.ErrNotEmpty) {
		t.Errorf("a full folder: %v", err)
	}
	if entries, _ := os.ReadDir(full); len(entries) != 1 {
		t.Errorf("it holds %v now", entries)
	}
	empty := t.TempDir()
	if err := os.MkdirAll(filepath.Join(empty, "restore.tmp", "uploads"), 0o700); err != nil {
		t.Fatal(err) // as an interrupted restore leaves it
	}
	if _, err := backend.Restore(t.Context(), bytes.NewReader(file), empty); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	openHouse(t, empty)
}

// When the server goes while a backup is written, the command says so.
func TestABackupThatTheServerDoesNotFinish(t *testing.T) {
	h := withSeller(t)
	id, _ := h.place(t)
	h.upload(t, id, "film.mov", random(8<<20)) // more than fits between the two
	dir := copyOf(t, h)
	server, err := backend.StartLocal(backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	op, closeOperator, err := backend.OpenOperator(backend.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer closeOperator()
	reading, goOn := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := op.Backup(context.Background(), &slow{reading: reading, goOn: goOn})
		done <- err
	}()
	<-reading
	at, cancel := context.WithCancel(context.Background())
	cancel() // running requests are cut at once
	if err := server.Close(at); err != nil {
		t.Error(err)
	}
	close(goOn)
	if err := <-done; err == nil {
		t.Error("the command took it for a backup")
	}
}

// copyOf restores a backup of the house elsewhere.
func copyOf(t *testing.T, h *house) string {
	t.Helper()
	var file bytes.Buffer
	if _, err := h.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "copy")
	if _, err := backend.Restore(t.Context(), &file, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// slow stops after its first bytes until it may go on.
type slow struct {
	reading, goOn chan struct{}
	began         bool
}

func (s *slow) Write(p []byte) (int, error) {
	if !s.began {
		s.began = true
		close(s.reading)
		<-s.goOn
	}
	return len(p), nil
}
