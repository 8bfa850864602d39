package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
)

// soak is the variable with the number of random histories.
const soak = "HANDOVER_SOAK"

// history is what a seller, programs, the network and crashes do to a work
// folder with two orders.
type history struct {
	*rapid.T
	t      *testing.T
	s      *seller
	d      *desk.Desk
	orders []string
	dirs   []string
}

var (
	historyNames   = []string{"a", "A", "b.txt", "Übung.mov", norm.NFD.String("Übung.mov"), "c.crdownload", "d (2)", "~$e.docx"}
	historyFolders = []string{"", "", "x", "x/y", "X", "Größe", "WIP"}
	historySizes   = []int{0, 1, 5, 70_000, 1_500_000}
)

// Whatever happens, at rest the drafts equal the folders, every file verified,
// and what is delivered then is what lies there. HANDOVER_SOAK=2000 runs that
// many histories; -rapid.seed repeats one.
func TestSyncHistories(t *testing.T) {
	n := 50
	if v := os.Getenv(soak); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	const batch = 25 // with one server, whose list of orders grows
	for from := 0; from < n; from += batch {
		t.Run(fmt.Sprintf("from %d", from), func(t *testing.T) {
			few(t, "rapid.checks", strconv.Itoa(min(batch, n-from)))
			s := newSeller(t)
			h := &history{t: t, s: s}
			h.open()
			rapid.Check(t, func(rt *rapid.T) {
				h.T = rt
				h.run()
			})
		})
	}
}

func (h *history) open() {
	if h.d != nil {
		if err := h.d.Close(); err != nil {
			h.t.Error(err)
		}
	}
	h.d = h.s.open(h.t, func(o *desk.Options) { o.Background, o.Quiet, o.Parallel = true, 20*time.Millisecond, 3 })
}

func (h *history) run() {
	h.s.line.cut(false)
	h.orders, h.dirs = nil, nil
	for _, title := range []string{"Film", "Fotos für Bea"} {
		placed := h.s.place(h.t, title, time.Hour)
		h.orders = append(h.orders, placed.ID)
	}
	root, err := os.MkdirTemp("", "history")
	h.must(err)
	defer os.RemoveAll(root)
	h.must(h.d.Folder.Enable(root, false))
	h.must(h.d.Folder.Now(h.t.Context()))
	for _, id := range h.orders {
		snapshot, _ := h.d.Folder.Snapshot(id)
		h.dirs = append(h.dirs, snapshot.Dir)
	}
	for range rapid.IntRange(1, 5).Draw(h.T, "files at first") {
		h.put(h.path())
	}
	for range rapid.IntRange(5, 30).Draw(h.T, "steps") {
		h.step()
	}
	h.rest()
}

func (h *history) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// renamed is must for a file that may be read meanwhile: Windows may refuse.
func (h *history) renamed(err error) {
	h.Helper()
	if runtime.GOOS != "windows" {
		h.must(err)
	}
}

func (h *history) step() {
	steps := []func(){
		h.create, h.create, h.append, h.saveByRename, h.move, h.move, h.delete, h.respell, h.moveFolder, h.touch, h.pause, h.pause,
		h.changed(func(t failer, path string) { editUnseen(t, path, 0) }), h.changed(putCopy), h.changed(truncateAndRestore),
		func() { h.s.line.cut(true) }, func() { h.s.line.cut(false) }, h.open, h.describe, h.attach,
	}
	steps[rapid.IntRange(0, len(steps)-1).Draw(h.T, "step")]()
}

func (h *history) dir() string {
	return filepath.Join(rapid.SampledFrom(h.dirs).Draw(h.T, "order"), rapid.SampledFrom(historyFolders).Draw(h.T, "folder"))
}

func (h *history) path() string {
	return filepath.Join(h.dir(), rapid.SampledFrom(historyNames).Draw(h.T, "name"))
}

func (h *history) content() []byte {
	content := make([]byte, rapid.SampledFrom(historySizes).Draw(h.T, "size"))
	mark := rapid.Byte().Draw(h.T, "content")
	for i := range content {
		content[i] = mark + byte(i/1000)
	}
	return content
}

// put writes a file where no folder of that name is in the way.
func (h *history) put(path string) {
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		os.WriteFile(path, h.content(), 0o644)
	}
}

// file is a file that is there and belongs into a draft; "" for none.
func (h *history) file() string {
	var files []string
	for _, dir := range h.dirs {
		for name := range h.wanted(dir) {
			files = append(files, filepath.Join(dir, name))
		}
	}
	if len(files) == 0 {
		return ""
	}
	slices.Sort(files)
	return rapid.SampledFrom(files).Draw(h.T, "file")
}

func (h *history) create() { h.put(h.path()) }

func (h *history) append() {
	path := h.file()
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	h.must(err)
	_, err = f.Write(h.content())
	h.must(errors.Join(err, f.Close()))
}

func (h *history) saveByRename() {
	if path := h.file(); path != "" {
		h.put(path + ".crdownload")
		h.renamed(os.Rename(path+".crdownload", path))
	}
}

func (h *history) move() {
	if path := h.file(); path != "" {
		to := h.path()
		if os.MkdirAll(filepath.Dir(to), 0o755) == nil {
			os.Rename(path, to)
		}
	}
}

func (h *history) delete() {
	if path := h.file(); path != "" {
		h.must(os.Remove(path))
	}
}

// respell renames a file to another case or normal form of its name.
func (h *history) respell() {
	if path := h.file(); path != "" {
		dir, name := filepath.Split(path)
		other := []string{strings.ToUpper(name), strings.ToLower(name), norm.NFC.String(name), norm.NFD.String(name)}
		h.renamed(os.Rename(path, dir+rapid.SampledFrom(other).Draw(h.T, "spelling")))
	}
}

func (h *history) moveFolder() {
	from, to := h.dir(), h.dir()
	if !slices.Contains(h.dirs, from) && os.MkdirAll(filepath.Dir(to), 0o755) == nil {
		os.Rename(from, to)
	}
}

func (h *history) touch() {
	if path := h.file(); path != "" {
		when := time.Unix(rapid.Int64Range(1, 1_700_000_000).Draw(h.T, "time"), 0)
		h.must(os.Chtimes(path, when, when))
	}
}

// changed does something to a file that is not empty.
func (h *history) changed(do func(failer, string)) func() {
	return func() {
		path := h.file()
		if path == "" {
			return
		}
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			do(h, path)
		}
	}
}

// pause lets a part of what happened settle and be sent.
func (h *history) pause() {
	time.Sleep(time.Duration(rapid.IntRange(1, 80).Draw(h.T, "ms")) * time.Millisecond)
}

func (h *history) describe() {
	_, err := h.d.Describe(rapid.SampledFrom(h.orders).Draw(h.T, "order"), rapid.SampledFrom([]string{"", "Text."}).Draw(h.T, "text"))
	h.must(err)
}

// attach attaches a file by hand that lies in the folder, which changes nothing
// at rest while it is there: it is taken out again.
func (h *history) attach() {
	path, id := h.file(), rapid.SampledFrom(h.orders).Draw(h.T, "order")
	if path == "" {
		return
	}
	if _, _, err := h.d.Attach(h.t.Context(), id, []string{path}); err != nil {
		return // the server is away, and the order not known yet
	}
	dr, err := h.d.Draft(id)
	h.must(err)
	for _, f := range dr.Files {
		if f.Origin == draft.ByHand {
			if _, err := h.d.Detach(id, f.Path); !errors.Is(err, draft.ErrNoFile) {
				h.must(err)
			}
		}
	}
}

// wanted are the digests of the files that belong into a draft, by path.
func (h *history) wanted(dir string) map[string]string {
	sums := map[string]string{}
	h.must(filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case e.IsDir() && strings.EqualFold(name, "WIP"):
			return fs.SkipDir
		case e.IsDir() || name[0] == '.' || strings.HasSuffix(strings.ToLower(name), ".crdownload") || strings.HasPrefix(name, "~$"):
			return nil
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		sum := sha256.Sum256(content)
		sums[filepath.ToSlash(rel)] = fmt.Sprint(len(content), " ", hex.EncodeToString(sum[:]))
		return err
	}))
	return sums
}

// rest lets everything calm down, and compares drafts and deliveries with the
// folders.
func (h *history) rest() {
	h.s.line.cut(false)
	// What waits for its next try goes at once.
	h.must(errors.Join(h.d.Uploads.Pause("", ""), h.d.Uploads.Resume("", "")))
	for i, id := range h.orders {
		want := h.wanted(h.dirs[i])
		h.await(func() string {
			diff := cmp.Diff(want, h.draft(id))
			if diff != "" {
				snapshot, _ := h.d.Folder.Snapshot(id)
				transfers, _ := h.d.Uploads.Transfers()
				diff += fmt.Sprintf("the folder says: %+v\nthe queue says: %+v", snapshot, transfers)
			}
			return diff
		})
		if len(want) > 0 {
			h.deliver(id, want)
		}
		h.s.cancel(h.t, id)
	}
}

// draft is what the draft says, as wanted says it of the folder.
func (h *history) draft(id string) map[string]string {
	dr, err := h.d.Draft(id)
	h.must(err)
	says := map[string]string{}
	for _, f := range dr.Files {
		if fault := wrong(f); fault != "" {
			h.Fatalf("%s: %s: %+v", f.Path, fault, f)
		}
		says[f.Path] = fmt.Sprint(f.Size, " ", f.SHA256)
		if f.State != draft.Verified {
			says[f.Path] = fmt.Sprint(f.State, " ", f.Fault.Code)
		}
	}
	return says
}

func (h *history) deliver(id string, want map[string]string) {
	_, err := h.d.Describe(id, "At rest.")
	h.must(err)
	o, err := h.d.Delivery.DeliverAndWait(h.t.Context(), id, false)
	h.must(err)
	if len(o.Deliveries) != 1 {
		h.Fatalf("%d deliveries", len(o.Deliveries))
	}
	got := map[string]string{}
	for _, f := range o.Deliveries[0].Files {
		got[f.Path] = fmt.Sprint(f.Size, " ", f.SHA256)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Fatalf("delivered: %s", diff)
	}
	h.await(func() string { return cmp.Diff(map[string]string{}, h.draft(id)) })
}

// await waits until ask returns "", which otherwise says what is not right yet.
func (h *history) await(ask func() string) {
	h.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		wrong := ask()
		if wrong == "" {
			return
		}
		if time.Now().After(end) {
			h.Fatalf("still after 20 s: %s", wrong)
		}
	}
}
