package tus_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"handover/app/internal/tus"
)

// changes are what can happen to a file, each with whether it must be noticed
// as a change.
var changes = map[string]func(path string) error{
	"appended to": func(path string) error {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("x")
		return errors.Join(err, f.Close())
	},
	"written over": func(path string) error {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("x")
		// The clock of the file system may be coarser than this test is fast.
		return errors.Join(err, f.Close(), os.Chtimes(path, time.Time{}, time.Now().Add(time.Minute)))
	},
	"cut short": func(path string) error { return os.Truncate(path, 100) },
	"removed":   os.Remove,
	"replaced by one of the same size and time": func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		err = os.WriteFile(path+".new", make([]byte, info.Size()), 0o600)
		return errors.Join(err, os.Chtimes(path+".new", time.Time{}, info.ModTime()), replace(path+".new", path))
	},
}

// replace renames a file over another, which Windows refuses for the moments in
// which some of that is read.
func replace(from, to string) error {
	err := os.Rename(from, to)
	for end := time.Now().Add(5 * time.Second); err != nil && runtime.GOOS == "windows" && time.Now().Before(end); err = os.Rename(from, to) {
		time.Sleep(time.Millisecond)
	}
	return err
}

func TestSourceChanges(t *testing.T) {
	t.Run("held open", func(t *testing.T) {
		testSourceChanges(t, func(c *tus.Client, src tus.Source) error {
			_, err := c.Upload(t.Context(), src, tus.Events{})
			return err
		})
	})
	t.Run("open while it is read", func(t *testing.T) {
		testSourceChanges(t, func(c *tus.Client, src tus.Source) error {
			_, err := tus.UploadBorrowed(t.Context(), c, src)
			return err
		})
	})
}

func testSourceChanges(t *testing.T, upload func(*tus.Client, tus.Source) error) {
	for name, change := range changes {
		for when, arrange := range map[string]func(s *server, do func()){
			"before":         func(_ *server, do func()) { do() },
			"while sending":  func(s *server, do func()) { s.on("PATCH", first(do)) },
			"before a retry": func(s *server, do func()) { s.on("PATCH", cut(mib)); s.on("POST", first(do)) },
			"at the end":     func(s *server, do func()) { s.on("HEAD", first(do)) },
		} {
			t.Run(name+" "+when, func(t *testing.T) {
				s := newServer(t)
				src, _ := writeFile(t, 3*mib)
				arrange(s, func() {
					if err := change(src.Path); err != nil {
						t.Error(err)
					}
				})
				err := upload(s.client(t), src)
				if name == "removed" && when == "before" {
					wantError(t, err, tus.ErrSource, fs.ErrNotExist)
					return
				}
				wantError(t, err, tus.ErrSourceChanged)
				if errors.Is(err, tus.ErrNetwork) {
					t.Errorf("%v blames the network", err)
				}
				if got := s.requests(); when == "before a retry" && got != "POST, PATCH 0" {
					t.Errorf("went on for %s", got)
				}
			})
		}
	}
}

// A file that is open only while it is read arrives as it is, over interruptions
// too.
func TestBorrowedSource(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 3*mib)
	s.on("PATCH", cut(mib))
	res, err := tus.UploadBorrowed(t.Context(), s.client(t), src)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(s.stored(res.URL)); err != nil || !bytes.Equal(got, content) || res.SHA256 != hexSum(content) {
		t.Errorf("%d bytes arrived as %s, %v", len(got), res.SHA256, err)
	}
}

func TestSourceIsNotTheOneIdentified(t *testing.T) {
	s := newServer(t)
	src, _ := writeFile(t, 10)
	src.Identity.ModTime++
	_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
	wantError(t, err, tus.ErrSourceChanged)
	if got := s.requests(); got != "" {
		t.Errorf("requests: %s", got)
	}
}

// failing is a disk with a bad sector.
type failing struct {
	io.ReaderAt
	at int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, &fs.PathError{Op: "read", Path: "work.bin", Err: syscall.EIO}
	}
	return f.ReaderAt.ReadAt(p, off)
}

// A disk that fails is not the network's fault, and trying again is no use.
func TestUnreadableSource(t *testing.T) {
	for _, at := range []int64{0, mib + 17, 2*mib - 1} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			s := newServer(t)
			src, _ := writeFile(t, 2*mib)
			err := tus.UploadFrom(t.Context(), s.client(t), src, tus.Events{}, func(r io.ReaderAt) io.ReaderAt { return failing{r, at} })
			wantError(t, err, tus.ErrSource, syscall.EIO)
			if got := s.requests(); got != "POST, PATCH 0" || errors.Is(err, tus.ErrNetwork) {
				t.Errorf("requests: %s; error: %v", got, err)
			}
		})
	}
}

// late keeps the content of the request that it refuses and reads it while
// the next one is made, as a transport may.
type late struct {
	t    *testing.T
	body io.Reader
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.body == nil {
		l.body = r.Body
		return answer(http.StatusServiceUnavailable), nil
	}
	if n, err := l.body.Read(make([]byte, 10)); n != 0 || err == nil {
		l.t.Errorf("the content of an earlier request gave %d bytes, %v", n, err)
	}
	return answer(http.StatusUnauthorized), nil
}

func TestContentEndsWithItsRequest(t *testing.T) {
	src, _ := writeFile(t, 100)
	told := 0
	c := newClient(t, "http://server.example/", func(c *tus.Config) {
		c.HTTP = &http.Client{Transport: &late{t: t}}
	})
	_, err := c.Upload(t.Context(), src, tus.Events{Progress: func(int64) { told++ }})
	wantError(t, err, tus.ErrUnauthorised)
	if told != 0 {
		t.Errorf("%d reports of progress", told)
	}
}
