package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"handover/backend/internal/upload/content"
)

// assembly is the work of putting one final upload together.
type assembly struct {
	cancel context.CancelFunc
	done   chan struct{}
	in     content.Info // afterwards
	err    error
}

// assemble puts a final upload together in a goroutine of the service, or joins
// a running one.
func (s *Service) assemble(id string) *assembly {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.assemblies[id]; ok {
		return a
	}
	ctx, cancel := context.WithCancel(s.closing)
	a := &assembly{cancel: cancel, done: make(chan struct{})}
	s.assemblies[id] = a
	s.running.Go(func() {
		defer cancel()
		a.in, a.err = s.putTogether(ctx, id)
		s.mu.Lock()
		delete(s.assemblies, id)
		s.mu.Unlock()
		close(a.done)
	})
	return a
}

// awaitFinal waits for a final upload to be whole, as long as clients are
// expected to have patience, and returns its offset.
func (s *Service) awaitFinal(ctx context.Context, in content.Info) (content.Info, error) {
	if in.Recorded || s.closing.Err() != nil {
		return in, nil
	}
	a := s.assemble(in.ID)
	timer := time.NewTimer(s.AssemblyPatience)
	defer timer.Stop()
	select {
	case <-a.done:
		if a.err == nil {
			return a.in, nil
		}
		if errors.Is(a.err, context.Canceled) {
			return in, nil
		}
		if errors.Is(a.err, content.ErrDamaged) {
			// It can never be whole. Gone, its parts can be sent again.
			return in, errors.Join(a.err, s.erase(in.ID))
		}
		return a.in, a.err
	case <-timer.C:
	case <-ctx.Done():
		return in, nil
	}
	// The ledger may have it although its info does not say so yet. A client that
	// was told that an upload is whole must not hear the opposite afterwards.
	return s.byLedger(ctx, in)
}

// stopAssembly ends the work on a final upload and waits for that.
func (s *Service) stopAssembly(id string) {
	s.mu.Lock()
	a, ok := s.assemblies[id]
	s.mu.Unlock()
	if ok {
		a.cancel()
		<-a.done
	}
}

// assemblyLock names the lock under which one server puts a final upload together.
// Requests for the upload hold another lock, its own, while they wait for that.
func assemblyLock(id string) string { return "assembly of " + id }

// putTogether continues a final upload at its durable offset, once no other
// server does.
func (s *Service) putTogether(ctx context.Context, id string) (content.Info, error) {
	lock := assemblyLock(id)
	if err := s.locker.shared.lock(ctx, lock, func() {}); err != nil {
		return content.Info{}, errors.Join(ctx.Err(), err)
	}
	defer s.locker.shared.unlock(lock)
	in, err := s.load(ctx, id)
	if err == nil {
		in, err = s.mend(in)
	}
	if err != nil {
		return in, err
	}
	u := &stored{s: s, in: in}
	if in.Recorded {
		return in, nil
	}
	if !in.Whole() {
		src := &partsReader{ctx: ctx, from: s.reader, parts: in.Parts, skip: in.Offset}
		err := u.append(src)
		src.close()
		if err != nil {
			return u.in, fmt.Errorf("put upload %s together: %w", id, err)
		}
		if !u.in.Whole() {
			return u.in, fmt.Errorf("put upload %s together: %w: a part is too short", id, content.ErrDamaged)
		}
	}
	if err := u.finish(context.WithoutCancel(ctx)); err != nil {
		return u.in, fmt.Errorf("finish upload %s: %w", id, err)
	}
	return u.in, nil
}

// dropParts removes the parts of a final upload that the ledger has.
func (s *Service) dropParts(in content.Info) error {
	for _, p := range in.Parts {
		if err := s.erase(p.ID); err != nil {
			return err
		}
	}
	return nil
}

// partsReader reads the parts one after the other, without the first skip bytes.
type partsReader struct {
	ctx   context.Context
	from  content.Reader
	parts []content.Part
	skip  int64
	file  io.ReadSeekCloser
	left  int64 // of the part that is open
}

func (r *partsReader) Read(p []byte) (int, error) {
	for r.left == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = nil // the part's; what follows decides
		if n == 0 {
			err = fmt.Errorf("%w: a part is too short", content.ErrDamaged)
		}
	}
	return n, err
}

func (r *partsReader) next() error {
	r.close()
	for len(r.parts) > 0 && r.parts[0].Size <= r.skip {
		r.skip -= r.parts[0].Size
		r.parts = r.parts[1:]
	}
	if len(r.parts) == 0 {
		return io.EOF
	}
	f, err := r.from.Open(r.ctx, r.parts[0].ID)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: a part is missing", content.ErrDamaged)
	}
	if err != nil {
		return err
	}
	r.file = f
	if _, err := f.Seek(r.skip, io.SeekStart); err != nil {
		return err
	}
	r.left, r.skip, r.parts = r.parts[0].Size-r.skip, 0, r.parts[1:]
	return nil
}

func (r *partsReader) close() {
	if r.file != nil {
		r.file.Close() // only read
		r.file = nil
	}
}
