// Package thumbnail makes small pictures of the images that a seller is about
// to deliver. The images may be anything, so that what one costs is known
// before it is decoded, and whatever goes wrong there is just no thumbnail.
package thumbnail

import (
	"container/list"
	"context"
	"io"
	"os"
	"sync"
	"time"
)

const (
	// Side is the width and the height of a thumbnail, in pixels.
	Side = 72
	// maxMemory is what decoding one image may take, in bytes.
	maxMemory = 256 << 20
	// maxFile is how much of a file is read.
	maxFile = 128 << 20
	// maxTime is how long one thumbnail may take.
	maxTime = 5 * time.Second
	// maxKept is how many thumbnails are kept; each has a few KB.
	maxKept = 1000
)

// Maker makes thumbnails, one at a time, and keeps the latest ones. Its methods
// may be called from several goroutines.
type Maker struct {
	turn chan struct{} // holds a token while one is being made

	mu   sync.Mutex
	kept map[version]*list.Element // of entry
	used *list.List                // the latest first
}

// version is a file as it was when it was looked at.
type version struct {
	path    string
	size    int64
	modTime time.Time
}

type entry struct {
	of    version
	image []byte // nil when there is no thumbnail
}

// NewMaker returns a maker that keeps nothing yet.
func NewMaker() *Maker {
	return &Maker{turn: make(chan struct{}, 1), kept: map[version]*list.Element{}, used: list.New()}
}

// Of returns the middle of the image at path as a JPEG, or nil when there is no
// thumbnail: the file is no image, cannot be read, or would take too much. The
// caller must not change what it gets.
func (m *Maker) Of(ctx context.Context, path string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	v := version{path, info.Size(), info.ModTime()}
	if image, known := m.known(v); known {
		return image
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil
	}
	if image, known := m.known(v); known { // made while this one waited
		return image
	}
	limited, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	image := makeOf(limited, path)
	if ctx.Err() == nil {
		m.keep(v, image)
	}
	return image
}

func (m *Maker) known(v version) (image []byte, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, known := m.kept[v]
	if !known {
		return nil, false
	}
	m.used.MoveToFront(e)
	return e.Value.(entry).image, true
}

func (m *Maker) keep(v version, image []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[v] = m.used.PushFront(entry{v, image})
	for m.used.Len() > maxKept {
		last := m.used.Back()
		m.used.Remove(last)
		delete(m.kept, last.Value.(entry).of)
	}
}

// makeOf returns nil when anything is not as it should be.
func makeOf(ctx context.Context, path string) (image []byte) {
	// A decoder that gives up on an image must not take the program with it.
	defer func() {
		if recover() != nil {
			image = nil
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	small, err := shrink(ctx, f)
	if err != nil {
		return nil
	}
	return small
}

// bounded reads a part of a file until the context ends.
type bounded struct {
	ctx context.Context
	r   io.Reader
}

func (b bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.r.Read(p)
}
