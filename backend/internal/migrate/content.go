package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"handover/backend/order"
)

const (
	// atOnce is how many files are copied at once, because small files mostly wait
	// for answers.
	atOnce = 8
	// noteFiles and noteBytes are the distance between two stored positions.
	// After an interruption, files after the last position are adopted again.
	noteFiles = 200
	noteBytes = 256 << 20
	// tellBytes is the distance between two progress reports within a file.
	tellBytes = 8 << 20
)

// Content is a copy of the content of uploads between two stores, with its stored
// position.
type Content struct {
	// Each visits the records of all uploads, always in the same order, until f
	// returns an error.
	Each func(ctx context.Context, f func(order.Upload) error) error
	// Open opens the content of an upload at its beginning; nil for an upload
	// without content to copy.
	Open func(u order.Upload) (io.ReadCloser, error)
	// Adopt stores the content durably. It may be called twice for an upload.
	Adopt func(ctx context.Context, u order.Upload, content io.Reader) error
	// Note stores that all uploads up to the ID were adopted.
	Note func(ctx context.Context, id string) error
}

// Carry copies the content of every upload after the ID, of all uploads for "", and
// returns the number of files and bytes. On error it returns the numbers up to the
// last stored position.
func (c Content) Carry(ctx context.Context, after string, tell Tell) (files, size int64, err error) {
	s := &shipment{Content: c, arrived: map[int]order.Upload{}, tell: tell, progress: Progress{Step: "files"}}
	err = c.following(ctx, after, func(u order.Upload) error {
		s.progress.Total++
		s.progress.TotalBytes += u.Size
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("list the files: %w", err)
	}
	tell(s.progress)
	err = s.run(ctx, after)
	return int64(s.next), s.size, err
}

// following visits the uploads after an ID.
func (c Content) following(ctx context.Context, after string, f func(order.Upload) error) error {
	skip := after != ""
	err := c.Each(ctx, func(u order.Upload) error {
		if skip {
			skip = u.ID != after
			return nil
		}
		return f(u)
	})
	if err != nil {
		return err
	}
	if skip {
		return fmt.Errorf("there is no upload %s, after which the others come", after)
	}
	return nil
}

// shipment copies several files at once.
type shipment struct {
	Content
	tell Tell

	mu       sync.Mutex
	progress Progress
	arrived  map[int]order.Upload // before earlier uploads, by their number
	next     int                  // number of the first upload that has not arrived
	size     int64                // of all uploads before next
	last     string               // the ID of the upload before next
	// noted and notedSize are the counts at the last stored position.
	noted     int
	notedSize int64
}

type parcel struct {
	number int
	upload order.Upload
}

func (s *shipment) run(ctx context.Context, after string) error {
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parcels := make(chan parcel)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for p := range parcels {
				if err := s.ship(within, p); err != nil {
					cancel(fmt.Errorf("carry the content of upload %s: %w", p.upload.ID, err))
				}
			}
		})
	}
	n := 0
	err := s.following(within, after, func(u order.Upload) error {
		select {
		case parcels <- parcel{n, u}:
			n++
			return nil
		case <-within.Done():
			return context.Cause(within)
		}
	})
	close(parcels)
	workers.Wait()
	if cause := context.Cause(within); cause != nil {
		err = cause // the first error
	}
	// The position is stored even after a cancellation.
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(err, s.note(context.WithoutCancel(ctx)))
}

func (s *shipment) ship(ctx context.Context, p parcel) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	content, err := s.Open(p.upload)
	if err != nil {
		return err
	}
	if content == nil {
		s.sent(p.upload.Size)
		return s.arrive(ctx, p)
	}
	defer content.Close()
	read := &counted{Reader: content, s: s}
	if err := s.Adopt(ctx, p.upload, read); err != nil {
		s.sent(-read.told)
		return err
	}
	s.sent(p.upload.Size - read.told)
	return s.arrive(ctx, p)
}

// arrive counts a copied file, and stores the position when it is far enough from the
// last.
func (s *shipment) arrive(ctx context.Context, p parcel) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Done++
	s.tell(s.progress)
	s.arrived[p.number] = p.upload
	for u, ok := s.arrived[s.next]; ok; u, ok = s.arrived[s.next] {
		delete(s.arrived, s.next)
		s.next, s.size, s.last = s.next+1, s.size+u.Size, u.ID
	}
	if s.next-s.noted < noteFiles && s.size-s.notedSize < noteBytes {
		return nil
	}
	return s.note(ctx)
}

// note stores the position. The caller holds the lock.
func (s *shipment) note(ctx context.Context) error {
	if s.next == s.noted {
		return nil
	}
	if err := s.Note(ctx, s.last); err != nil {
		return fmt.Errorf("note how far the files have come: %w", err)
	}
	s.noted, s.notedSize = s.next, s.size
	return nil
}

func (s *shipment) sent(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.DoneBytes += n
	s.tell(s.progress)
}

// counted reports the bytes of a file as they are read.
type counted struct {
	io.Reader
	s            *shipment
	told, untold int64
}

func (r *counted) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.untold += int64(n); r.untold >= tellBytes {
		r.s.sent(r.untold)
		r.told, r.untold = r.told+r.untold, 0
	}
	return n, err
}
