package tus_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"handover/app/internal/tus"
)

func TestIdentity(t *testing.T) {
	base := tus.Identity{Size: 5, ModTime: 7, Inode: 11, Device: 13}
	for _, tc := range []struct {
		name  string
		other tus.Identity
		want  bool
	}{
		{"equal", base, true},
		{"size", tus.Identity{6, 7, 11, 13}, false},
		{"time", tus.Identity{5, 8, 11, 13}, false},
		{"another file in its place", tus.Identity{5, 7, 12, 13}, false},
		{"the volume was mounted again", tus.Identity{5, 7, 12, 14}, true},
		{"no inodes", tus.Identity{5, 7, 0, 0}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if base.Same(tc.other) != tc.want || tc.other.Same(base) != tc.want {
				t.Errorf("Same is not %v", tc.want)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "work.bin")
	if err := os.WriteFile(path, make([]byte, 10), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := tus.Identify(path)
	if err != nil || id.Size != 10 {
		t.Fatalf("%+v: %v", id, err)
	}
	data, err := json.Marshal(id)
	if err != nil {
		t.Fatal(err)
	}
	var stored tus.Identity
	if err := json.Unmarshal(data, &stored); err != nil || stored != id {
		t.Errorf("%s gives %+v: %v", data, stored, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err == nil {
		if got, err := tus.Identify(link); err != nil || got != id {
			t.Errorf("through a link %+v: %v", got, err)
		}
	}
	if _, err := tus.Identify(t.TempDir()); !errors.Is(err, tus.ErrSource) {
		t.Errorf("a folder: %v", err)
	}
	_, err = tus.Identify(path + ".none")
	if !errors.Is(err, tus.ErrSource) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
