package content_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/app/internal/content"
)

func TestSame(t *testing.T) {
	base := content.Identity{Size: 5, ModTime: 7, Changed: 9, Inode: 11, Device: 13}
	with := func(change func(*content.Identity)) content.Identity {
		id := base
		change(&id)
		return id
	}
	for _, tc := range []struct {
		name  string
		other content.Identity
		want  bool
	}{
		{"equal", base, true},
		{"size", with(func(id *content.Identity) { id.Size++ }), false},
		{"time", with(func(id *content.Identity) { id.ModTime++ }), false},
		{"changed, and its time set back", with(func(id *content.Identity) { id.Changed++ }), false},
		{"another file in its place", with(func(id *content.Identity) { id.Inode++ }), false},
		{"the volume was mounted again", with(func(id *content.Identity) { id.Inode++; id.Device++ }), true},
		{"from an earlier version of the program", with(func(id *content.Identity) { id.Changed = 0 }), true},
		{"a file system with nothing to rely on", content.Identity{Size: 5, ModTime: 7}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if base.Same(tc.other) != tc.want || tc.other.Same(base) != tc.want {
				t.Errorf("Same is not %v", tc.want)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	path := write(t, make([]byte, 10))
	id, err := content.Identify(path)
	if err != nil || id.Size != 10 {
		t.Fatalf("%+v: %v", id, err)
	}
	data, err := json.Marshal(id)
	if err != nil {
		t.Fatal(err)
	}
	var stored content.Identity
	if err := json.Unmarshal(data, &stored); err != nil || stored != id {
		t.Errorf("%s gives %+v: %v", data, stored, err)
	}
	if got, err := content.Glance(path); err != nil || got != id {
		t.Errorf("Glance: %+v, want %+v: %v", got, id, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err == nil {
		if got, err := content.Identify(link); err != nil || got != id {
			t.Errorf("through a link %+v: %v", got, err)
		}
	}
	if _, err := content.Identify(t.TempDir()); !errors.Is(err, content.ErrUnreadable) {
		t.Errorf("a folder: %v", err)
	}
	_, err = content.Identify(path + ".none")
	if !errors.Is(err, content.ErrUnreadable) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// A file that changed just now, or whose file system tells too little, proves
// nothing.
func TestBeginIsFirmOnlyAtRest(t *testing.T) {
	for name, size := range map[string]int{"small": 100, "large": 2 << 20} {
		t.Run(name, func(t *testing.T) {
			path := write(t, make([]byte, size))
			id := begin(t, path)
			changed := time.Unix(0, id.Changed)
			if id.Firm && time.Since(changed) < 20*time.Millisecond {
				t.Errorf("firm, and changed %v ago", time.Since(changed))
			}
			if id.Changed == 0 {
				t.Skip("the file system of the tests cannot be relied on")
			}
			if size < 1<<20 {
				return // a write through a map may still come
			}
			rested(t, path)
			if id := begin(t, path); !id.Firm || !id.Proves(begin(t, path)) {
				t.Errorf("at rest %+v proves nothing", id)
			}
		})
	}
}

// No change goes unnoticed once the identity is firm, whatever is done to the
// file's times.
func TestAChangeIsNoticedWithItsTimesSetBack(t *testing.T) {
	path := write(t, make([]byte, 2<<20))
	rested(t, path)
	before := begin(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte{1}, 1000)
	if err = errors.Join(err, f.Close(), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	if before.Proves(begin(t, path)) {
		t.Error("the identity from before proves the content")
	}
}

func TestDigest(t *testing.T) {
	path := write(t, []byte("abc"))
	told := int64(0)
	sum, id, err := content.Digest(t.Context(), path, func(done int64) { told = done })
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if err != nil || sum != want || id.Size != 3 || told != 3 {
		t.Errorf("%s, %+v, %d: %v", sum, id, told, err)
	}
	if _, _, err := content.Digest(t.Context(), path+".none", nil); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, content.ErrUnreadable) {
		t.Errorf("no file: %v", err)
	}
}

func TestDigestOfAFileThatChanges(t *testing.T) {
	path := write(t, make([]byte, 3<<20))
	_, _, err := content.Digest(t.Context(), path, func(done int64) {
		if done == 1<<20 {
			if err := os.WriteFile(path, make([]byte, 5), 0o600); err != nil {
				t.Error(err)
			}
		}
	})
	if !errors.Is(err, content.ErrChanged) {
		t.Errorf("error %v", err)
	}
}

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "work.bin")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func begin(t *testing.T, path string) content.Identity {
	t.Helper()
	id, err := content.Begin(path)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// rested waits until a change of the file would show.
func rested(t *testing.T, path string) {
	t.Helper()
	id := begin(t, path)
	for time.Since(time.Unix(0, id.Changed)) < 2100*time.Millisecond {
		if id.Changed%int64(time.Second) != 0 && time.Since(time.Unix(0, id.Changed)) > 25*time.Millisecond {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
