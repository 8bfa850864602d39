package concat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handover/backend/internal/upload/content"
)

// assembly is a running assembly of one final upload.
type assembly struct {
	cancel context.CancelFunc
	done   chan struct{}
	in     content.Info // the result, after done
	err    error
}

// Start assembles a final upload in a goroutine, unless that is running already.
func (a *Assembler) Start(id string) { a.start(id) }

func (a *Assembler) start(id string) *assembly {
	a.mu.Lock()
	defer a.mu.Unlock()
	if running, ok := a.assemblies[id]; ok {
		return running
	}
	ctx, cancel := context.WithCancel(a.Closing)
	started := &assembly{cancel: cancel, done: make(chan struct{})}
	a.assemblies[id] = started
	a.Running.Go(func() {
		defer cancel()
		started.in, started.err = a.assemble(ctx, id)
		a.mu.Lock()
		delete(a.assemblies, id)
		a.mu.Unlock()
		close(started.done)
	})
	return started
}

// Await assembles a final upload and waits for the end, at most for the patience of
// the configuration. It then returns the state that clients may know.
func (a *Assembler) Await(ctx context.Context, in content.Info) (content.Info, error) {
	if in.Recorded || a.Closing.Err() != nil {
		return in, nil
	}
	running := a.start(in.ID)
	timer := time.NewTimer(a.Patience)
	defer timer.Stop()
	select {
	case <-running.done:
		return a.result(in, running)
	case <-timer.C:
	case <-ctx.Done():
		return in, nil
	}
	// The ledger may have the upload before its info says so. A client that was told
	// that an upload is complete must never hear the opposite.
	return a.Catalog.ByLedger(ctx, in)
}

func (a *Assembler) result(in content.Info, ended *assembly) (content.Info, error) {
	switch {
	case errors.Is(ended.err, context.Canceled):
		return in, nil
	case errors.Is(ended.err, content.ErrDamaged):
		// This upload can never be complete. Without it, the client can send the
		// parts again.
		return in, errors.Join(ended.err, a.Catalog.Erase(in.ID))
	}
	return ended.in, ended.err
}

// Stop ends the assembly of a final upload and waits until it has ended.
func (a *Assembler) Stop(id string) {
	a.mu.Lock()
	running, ok := a.assemblies[id]
	a.mu.Unlock()
	if ok {
		running.cancel()
		<-running.done
	}
}

// assemble continues a final upload at its durable offset, once no other server
// does.
func (a *Assembler) assemble(ctx context.Context, id string) (content.Info, error) {
	release, err := a.Locks.Assembly(ctx, id)
	if err != nil {
		return content.Info{}, errors.Join(ctx.Err(), err)
	}
	defer release()
	in, err := a.Catalog.Load(ctx, id)
	if err != nil {
		return in, err
	}
	if in, err = a.Catalog.Mend(in); err != nil || in.Recorded {
		return in, err
	}
	u := a.Receiver.Existing(in)
	if !in.Whole() {
		src := &partsReader{ctx: ctx, from: a.Reader, parts: in.Parts, skip: in.Offset}
		err := u.Append(src)
		src.close()
		if err != nil {
			return u.Info, fmt.Errorf("assemble upload %s: %w", id, err)
		}
		if !u.Info.Whole() {
			return u.Info, fmt.Errorf("assemble upload %s: %w: a part is too short", id, content.ErrDamaged)
		}
	}
	if err := u.Finish(context.WithoutCancel(ctx)); err != nil {
		return u.Info, fmt.Errorf("finish upload %s: %w", id, err)
	}
	return u.Info, nil
}
