package thumbnail

import (
	"cmp"
	"container/list"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"handover/internal/atomicfile"
)

const (
	// unused is the time without a request after which a rendition is removed.
	unused = 30 * 24 * time.Hour
	// touched is the precision of the time of the last request in the folder.
	touched = time.Hour
)

// extensions are the file extensions of the kept types.
var extensions = map[string]string{"image/jpeg": ".jpg", "image/png": ".png"}

// shelf keeps pictures as files. The name of a file has everything but the content:
// DIGEST-WIDTHxHEIGHT.jpg. Its modification time is the time of the last request.
type shelf struct {
	folder string
	most   int64 // bytes

	mu       sync.Mutex
	size     int64
	byDigest map[string]*list.Element
	order    *list.List // of *shelved, the last used first
}

type shelved struct {
	digest, kind string
	of           image.Point
	size         int64
	used         time.Time
}

func (s *shelved) name() string {
	return fmt.Sprintf("%s-%dx%d%s", s.digest, s.of.X, s.of.Y, extensions[s.kind])
}

func openShelf(folder string, most int64) (*shelf, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	s := &shelf{folder: folder, most: most, byDigest: map[string]*list.Element{}, order: list.New()}
	var found []*shelved
	for _, e := range entries {
		if one := readShelved(e); one != nil {
			found = append(found, one)
		} else if !e.IsDir() { // a partial picture from a crash
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
	slices.SortFunc(found, func(a, b *shelved) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.digest, b.digest)) })
	for _, one := range found {
		s.add(one)
	}
	return s, nil
}

func readShelved(e fs.DirEntry) *shelved {
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	one := &shelved{size: info.Size(), used: info.ModTime()}
	for kind, extension := range extensions {
		name, ok := strings.CutSuffix(e.Name(), extension)
		digest, size, _ := strings.Cut(name, "-")
		if n, _ := fmt.Sscanf(size, "%dx%d", &one.of.X, &one.of.Y); ok && n == 2 {
			one.digest, one.kind = digest, kind
		}
	}
	if one.digest == "" || one.name() != e.Name() {
		return nil
	}
	return one
}

// get returns a picture, or nil for an unknown one.
func (s *shelf) get(digest string) *Picture {
	one, ok := s.use(digest)
	if !ok {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(s.folder, one.name()))
	if err != nil || int64(len(content)) != one.size {
		s.drop(digest)
		return nil
	}
	return &Picture{Content: content, Type: one.kind, Of: one.of}
}

func (s *shelf) use(digest string) (shelved, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byDigest[digest]
	if !ok {
		return shelved{}, false
	}
	s.order.MoveToFront(e)
	one := e.Value.(*shelved)
	if now := time.Now(); now.Sub(one.used) > touched {
		one.used = now
		_ = os.Chtimes(filepath.Join(s.folder, one.name()), time.Time{}, now) // an error only makes the removal earlier
	}
	return *one, true
}

// put keeps a picture if the disk has space. A lost picture can be made again.
func (s *shelf) put(digest string, p *Picture) {
	if filepath.Base(digest) != digest || strings.Contains(digest, "-") {
		return
	}
	one := &shelved{digest: digest, kind: p.Type, of: p.Of, size: int64(len(p.Content)), used: time.Now()}
	path := filepath.Join(s.folder, one.name())
	err := atomicfile.Replace(path, func(w io.Writer) error {
		_, err := w.Write(p.Content)
		return err
	})
	if err != nil {
		return
	}
	_ = os.Chtimes(path, time.Time{}, one.used) // a file server may have another clock
	s.add(one)
}

// add registers a picture of the folder, and removes pictures above the limit.
func (s *shelf) add(one *shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.byDigest[one.digest]; ok {
		s.forget(e)
	}
	s.byDigest[one.digest] = s.order.PushFront(one)
	s.size += one.size
	for e := s.order.Back(); e != nil; e = s.order.Back() {
		last := e.Value.(*shelved)
		if s.size <= s.most && time.Since(last.used) <= unused {
			return
		}
		s.forget(e)
		os.Remove(filepath.Join(s.folder, last.name()))
	}
}

func (s *shelf) drop(digest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.byDigest[digest]; ok {
		s.forget(e)
	}
}

func (s *shelf) forget(e *list.Element) {
	one := s.order.Remove(e).(*shelved)
	delete(s.byDigest, one.digest)
	s.size -= one.size
}
