package preflight_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handover/app/internal/preflight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder holds the files of a draft.
type folder struct {
	dir   string
	files []preflight.File
}

func newFolder(t testing.TB) *folder { return &folder{dir: t.TempDir()} }

// add writes a file that has rested for a day.
func (d *folder) add(t testing.TB, name string, data []byte) {
	t.Helper()
	path := filepath.Join(d.dir, fmt.Sprintf("%05d", len(d.files)))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(path, before, before); err != nil {
		t.Fatal(err)
	}
	d.files = append(d.files, preflight.File{Path: name, Source: path})
}

// check returns the findings, each as "code path hint".
func (d *folder) check(t testing.TB) []string {
	t.Helper()
	found, err := preflight.Check(t.Context(), d.files, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, f := range found {
		list = append(list, strings.TrimSpace(fmt.Sprint(f.Code, " ", f.Path, " ", f.Hint)))
	}
	return list
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestContent(t *testing.T) {
	picture := pictureFile(t)
	d := newFolder(t)
	d.add(t, "whole.png", picture)
	d.add(t, "cut.png", picture[:len(picture)-1])
	d.add(t, "zeros.mp4", make([]byte, 5000))
	d.add(t, "page.zip", []byte("<!DOCTYPE html><title>Sign in</title>"))
	d.add(t, "picture.jpg", append(picture, 0))
	d.add(t, "locked.png", []byte(strings.Repeat("\x01\x9d", 100)))
	d.add(t, "brief.gdoc", []byte(`{"url": "https://docs.google.com/open?id=1"}`))
	d.add(t, "large.psd", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"))
	d.add(t, "film.zip.001", []byte("PK\x03\x04 and some of it"))
	expect(t, d.check(t), "cut_short cut.png png", "zeros zeros.mp4", "misnamed page.zip html", "misnamed picture.jpg png", "misnamed locked.png",
		"shortcut brief.gdoc Google Docs", "placeholder large.psd Git LFS")
}

func pictureFile(t testing.TB) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestStates(t *testing.T) {
	d := newFolder(t)
	for _, name := range []string{"empty", "gone", "folder", "now", "future", "fine"} {
		d.add(t, name, []byte(strings.Repeat(name, 1+len(d.files))))
	}
	now := time.Now()
	for i, err := range []error{
		os.Truncate(d.files[0].Source, 0),
		os.Remove(d.files[1].Source),
		os.Remove(d.files[2].Source), os.Mkdir(d.files[2].Source, 0o700),
		os.Chtimes(d.files[3].Source, now, now),
		os.Chtimes(d.files[4].Source, now, now.Add(time.Hour)), // a clock that is wrong
	} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	d.files = append(d.files, preflight.File{Path: "below a file", Source: filepath.Join(d.files[5].Source, "x")})
	below := "unreadable"
	if runtime.GOOS == "windows" {
		below = "missing" // it does not tell these apart
	}
	expect(t, d.check(t), "empty_file empty", "missing gone", "unreadable folder", "changing now", below+" below a file")
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("the superuser may read everything, and on Windows a mode keeps nobody from it")
	}
	d := newFolder(t)
	d.add(t, "locked", []byte("x"))
	if err := os.Chmod(d.files[0].Source, 0); err != nil {
		t.Fatal(err)
	}
	expect(t, d.check(t), "unreadable locked")
}

func TestTwins(t *testing.T) {
	large := []byte(strings.Repeat("the same beginning of many words ", 2000))
	t.Run("by content, before anything is uploaded", func(t *testing.T) {
		d := newFolder(t)
		d.add(t, "a", []byte("one"))
		d.add(t, "b", []byte("two"))
		d.add(t, "c/a", []byte("one"))
		d.add(t, "d", []byte("one more"))
		d.add(t, "e", []byte("one"))
		expect(t, d.check(t), "duplicate c/a a", "duplicate e a")
	})
	t.Run("of one beginning", func(t *testing.T) {
		d := newFolder(t)
		other := slices.Clone(large)
		other[len(other)-1] = '!'
		d.add(t, "a", large)
		d.add(t, "b", other)
		d.add(t, "c", large)
		expect(t, d.check(t), "duplicate c a")
	})
	t.Run("one is known, one is not", func(t *testing.T) {
		d := newFolder(t)
		d.add(t, "a", []byte("one"))
		d.add(t, "b", []byte("one"))
		d.files[0].SHA256 = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
		expect(t, d.check(t), "duplicate b a")
	})
	t.Run("too large to be read, but known", func(t *testing.T) {
		d := newFolder(t)
		for _, name := range []string{"a", "b", "c"} {
			d.add(t, name, []byte("x"))
			file := &d.files[len(d.files)-1]
			if err := os.Truncate(file.Source, preflight.MaxHash+1); err != nil {
				t.Fatal(err)
			}
			before := time.Now().Add(-time.Hour)
			if err := os.Chtimes(file.Source, before, before); err != nil {
				t.Fatal(err)
			}
			if name != "b" {
				file.SHA256 = "abc"
			}
		}
		expect(t, d.check(t), "duplicate c a")
	})
	t.Run("empty files are empty, not the same", func(t *testing.T) {
		d := newFolder(t)
		d.add(t, "a", nil)
		d.add(t, "b", nil)
		expect(t, d.check(t), "empty_file a", "empty_file b")
	})
	t.Run("cut short twice", func(t *testing.T) {
		d := newFolder(t)
		d.add(t, "a", []byte("%PDF-1.4"))
		d.add(t, "b", []byte("%PDF-1.4"))
		expect(t, d.check(t), "cut_short a pdf", "cut_short b pdf", "duplicate b a")
	})
}

func TestCheckEndsWithItsContext(t *testing.T) {
	d := newFolder(t)
	d.add(t, "a", []byte("one"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := preflight.Check(ctx, d.files, time.Now()); !errors.Is(err, context.Canceled) || found != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestFindingsSayIt(t *testing.T) {
	for code, want := range map[preflight.Code]string{
		preflight.UnfinishedName: "says “mp4”", preflight.EmptyFile: "is empty", preflight.Missing: "no longer there",
		preflight.Unreadable: "cannot be read", preflight.Changing: "just now", preflight.Duplicate: "same content as mp4",
		preflight.CutShort: "the end of this MP4 file is missing", "new": "new", preflight.Zeros: "zeros", preflight.Misnamed: "content is MP4",
		preflight.Placeholder: "download it first", preflight.Shortcut: "a shortcut (mp4)",
	} {
		if got := (preflight.Finding{Code: code, Path: "a", Hint: "mp4"}).String(); !strings.HasPrefix(got, "a: ") || !strings.Contains(got, want) {
			t.Errorf("%s: %s", code, got)
		}
	}
}

// BenchmarkCheck looks at 10,000 small files, a third of them pictures.
func BenchmarkCheck(b *testing.B) {
	d := newFolder(b)
	picture := pictureFile(b)
	for i := range 10_000 {
		data := []byte(fmt.Sprintf("%0*d", 100+i%500, i))
		if i%3 == 0 {
			data = append(slices.Clone(picture), data...)
		}
		d.add(b, fmt.Sprintf("photos/%d", i), data)
	}
	for b.Loop() {
		if _, err := preflight.Check(b.Context(), d.files, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
