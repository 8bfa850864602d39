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
	// atOnce is how many files are on their way: small ones mostly wait for
	// answers.
	atOnce = 8
	// noteFiles and noteBytes are after how much it is noted how far the content
	// has come. What came after that is asked for again, and is there.
	noteFiles = 200
	noteBytes = 256 << 20
	// tellBytes is after how much of a file it is told.
	tellBytes = 8 << 20
)

// Content says where the content of uploads is taken from and where to, and
// where it is noted how far that has come.
type Content struct {
	// Each visits the records of all uploads, always in the same order, until f
	// returns an error.
	Each func(ctx context.Context, f func(order.Upload) error) error
	// Open opens the content of an upload to be read from its beginning; nil when
	// there is none to be carried.
	Open func(u order.Upload) (io.ReadCloser, error)
	// Adopt stores it for good; twice is no error.
	Adopt func(ctx context.Context, u order.Upload, content io.Reader) error
	// Note stores that all uploads up to the one with the ID were adopted.
	Note func(ctx context.Context, id string) error
}

// Carry takes the content over of every upload that comes after the one with the
// ID after, of all for "", and returns how many files and bytes those were. With
// an error it returns what was noted until then.
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

// following visits the uploads after one.
func (c Content) following(ctx context.Context, after string, f func(order.Upload) error) error {
	skip := after != ""
	err := c.Each(ctx, func(u order.Upload) error {
		if skip {
			skip = u.ID != after
			return nil
		}
		return f(u)
	})
	if err == nil && skip {
		err = fmt.Errorf("there is no upload %s, after which the others come", after)
	}
	return err
}

// shipment is content on its way, several files at once.
type shipment struct {
	Content
	tell Tell

	mu       sync.Mutex
	progress Progress
	arrived  map[int]order.Upload // out of turn, by their number
	next     int                  // the first that has not arrived
	size     int64                // of all before next
	last     string               // the ID of the one before next
	// noted and notedSize say up to where it was noted.
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
		err = cause // the first of what went wrong
	}
	// What has arrived is noted, also by one who was told to stop.
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

// arrive takes in a file, and notes how far all have come when that is much.
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

// note stores how far the content has come. The lock is held.
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

// counted tells of a file's bytes as they are read.
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
