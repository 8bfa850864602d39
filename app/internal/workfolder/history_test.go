package workfolder_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"handover/app/internal/workfolder"
)

// history is what a seller, programs and the system do to a work folder.
type history struct {
	*rapid.T
	root   string
	folder *workfolder.Folder
	lossy  atomic.Bool
	titles []string
}

var (
	historyTitles = []string{"Film", "Fotos für Bea", "film"}
	historyNames  = []string{"a", "A", "b.txt", "Übung.mov", norm.NFD.String("Übung.mov"), "c.crdownload", "d"}
	historyDirs   = []string{"", "", "x", "x/y", "X", "Größe", "WIP"}
)

// TestHistories lets random things happen to real folders, with real events, some
// of which get lost, and restarts. At rest the snapshots equal the folders.
// HANDOVER_SOAK=2000 runs that many histories; -rapid.seed repeats one.
func TestHistories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp("", "history")
		must(rt, err)
		defer os.RemoveAll(root)
		h := &history{T: rt, root: root, titles: historyTitles}
		h.open()
		defer func() { h.folder.Close() }()
		for range rapid.IntRange(2, 10).Draw(rt, "files at first") {
			h.create()
		}
		steps := rapid.IntRange(5, 40).Draw(rt, "steps")
		for range steps {
			h.step()
		}
		if h.lossy.Swap(false) || rapid.Bool().Draw(rt, "rescan") {
			must(rt, h.folder.Rescan(context.Background()))
		}
		for _, title := range h.titles {
			awaitDisk(rt, h.folder, title)
		}
	})
}

func (h *history) open() {
	h.folder = open(h, h.root, func(c *workfolder.Config) {
		c.Quiet = 20 * time.Millisecond
		drop := func(path string) bool { return h.lossy.Load() && len(path)%2 == 0 }
		workfolder.Tune(c, drop, 0, false, 100*time.Millisecond, 0)
	})
	setOrders(h, h.folder, h.titles...)
}

func (h *history) step() {
	steps := map[string]func(){
		"create": h.create, "create another": h.create, "append": h.append, "save by rename": h.save, "move": h.move, "delete": h.delete,
		"rename": h.rename, "make again": h.makeAgain, "folder": h.moveFolder, "order": h.renameOrder,
		"touch": h.touch, "pause": h.pause, "lose": h.lose, "restart": h.restart, "remove folder": h.removeFolder,
	}
	names := make([]string, 0, len(steps))
	for name := range steps {
		names = append(names, name)
	}
	slices.Sort(names)
	steps[rapid.SampledFrom(names).Draw(h.T, "step")]()
}

// dir is a folder of an order, which may not exist.
func (h *history) dir() string {
	title := rapid.SampledFrom(h.titles).Draw(h.T, "order")
	return filepath.Join(h.place(title), rapid.SampledFrom(historyDirs).Draw(h.T, "folder"))
}

// place finds the folder of an order by its ID file.
func (h *history) place(title string) string {
	entries, err := os.ReadDir(h.root)
	must(h, err)
	for _, e := range entries {
		text, _ := os.ReadFile(filepath.Join(h.root, e.Name(), workfolder.IDFile))
		if strings.Contains(string(text), "order id-"+title+"\n") {
			return filepath.Join(h.root, e.Name())
		}
	}
	h.Fatalf("no folder of %s", title)
	return ""
}

func (h *history) path() string {
	return filepath.Join(h.dir(), rapid.SampledFrom(historyNames).Draw(h.T, "name"))
}

// file is a file that exists; "" for none.
func (h *history) file() string {
	var files []string
	for _, title := range h.titles {
		dir := h.place(title)
		for rel := range onDisk(h, dir) {
			files = append(files, filepath.Join(dir, rel))
		}
	}
	if len(files) == 0 {
		return ""
	}
	slices.Sort(files)
	return rapid.SampledFrom(files).Draw(h.T, "file")
}

func (h *history) content() string {
	return strings.Repeat("x", rapid.IntRange(0, 50).Draw(h.T, "size"))
}

// put writes a file where no folder of that name is in the way.
func (h *history) put(path string) {
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		os.WriteFile(path, []byte(h.content()), 0o644)
	}
}

func (h *history) create() { h.put(h.path()) }

func (h *history) append() {
	if path := h.file(); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		must(h, err)
		fmt.Fprint(f, h.content())
		must(h, f.Close())
	}
}

func (h *history) save() {
	if path := h.file(); path != "" {
		h.put(path + ".crdownload")
		os.Rename(path+".crdownload", path)
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
		must(h, os.Remove(path))
	}
}

func (h *history) makeAgain() {
	if path := h.file(); path != "" {
		must(h, os.Remove(path))
		h.put(path)
	}
}

func (h *history) rename() {
	path := h.file()
	if path == "" {
		return
	}
	dir, name := filepath.Split(path)
	other := []string{strings.ToUpper(name), strings.ToLower(name), norm.NFC.String(name), norm.NFD.String(name)}
	must(h, os.Rename(path, dir+rapid.SampledFrom(other).Draw(h.T, "spelling")))
}

func (h *history) moveFolder() {
	from, to := h.dir(), h.dir()
	if from != h.place(h.titles[0]) && filepath.Dir(from) != h.root && os.MkdirAll(filepath.Dir(to), 0o755) == nil {
		os.Rename(from, to)
	}
}

func (h *history) removeFolder() {
	if dir := h.dir(); filepath.Dir(dir) != h.root {
		must(h, os.RemoveAll(dir))
	}
}

// renameOrder gives the folder of an order a name that nobody has.
func (h *history) renameOrder() {
	title := rapid.SampledFrom(h.titles).Draw(h.T, "order")
	for n := 0; ; n++ {
		to := filepath.Join(h.root, fmt.Sprintf("%s %d", title, n))
		if _, err := os.Lstat(to); err != nil {
			must(h, os.Rename(h.place(title), to))
			return
		}
	}
}

// touch sets a time of modification, also back.
func (h *history) touch() {
	if path := h.file(); path != "" {
		when := time.Unix(rapid.Int64Range(1, 2_000_000_000).Draw(h.T, "time"), 0)
		must(h, os.Chtimes(path, when, when))
	}
}

// pause lets a part of what happened settle.
func (h *history) pause() {
	time.Sleep(time.Duration(rapid.IntRange(1, 60).Draw(h.T, "ms")) * time.Millisecond)
}

// lose loses every other event from now on.
func (h *history) lose() { h.lossy.Store(true) }

func (h *history) restart() {
	must(h, h.folder.Close())
	h.open()
}
