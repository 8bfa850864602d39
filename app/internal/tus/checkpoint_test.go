package tus_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"testing"

	"handover/app/internal/tus"
)

// counting notes the lowest offset that is read.
type counting struct {
	io.ReaderAt
	mu     sync.Mutex
	lowest int64
	bytes  int64
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	c.mu.Lock()
	c.lowest = min(c.lowest, off)
	c.bytes += int64(len(p))
	c.mu.Unlock()
	return c.ReaderAt.ReadAt(p, off)
}

// An upload that was interrupted goes on without reading what the server has,
// also in another process: the checkpoint survives JSON.
func TestResumeDoesNotReadAgain(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 4*mib)
	s.on("PATCH", cut(2*mib))
	var last tus.Checkpoint
	w := &watcher{}
	ev := w.events()
	ev.Checkpoint = func(c tus.Checkpoint) { last = c }
	_, err := s.client(t, func(c *tus.Config) { c.MaxFailures = 1 }).Upload(t.Context(), src, ev)
	wantError(t, err, tus.ErrNetwork)
	if last.Offset < 2*mib {
		t.Fatalf("the checkpoint is at %d", last.Offset)
	}
	raw, err := json.Marshal(last)
	if err != nil {
		t.Fatal(err)
	}
	src.URL = w.created[0]
	if err := json.Unmarshal(raw, &src.Checkpoint); err != nil {
		t.Fatal(err)
	}
	disk := &counting{lowest: 1 << 62}
	reread := int64(0)
	err = tus.UploadFrom(t.Context(), s.client(t), src, tus.Events{Reread: func(int64, int64) { reread++ }},
		func(r io.ReaderAt) io.ReaderAt { disk.ReaderAt = r; return disk })
	if err != nil {
		t.Fatal(err)
	}
	if disk.lowest < 2*mib || reread != 0 {
		t.Errorf("read from %d, %d reports of reading again", disk.lowest, reread)
	}
	src.Checkpoint = last
	deliver(t, s, s.client(t), src, content) // nothing is left to send; the digest is right
}

func TestCheckpointsOnTheWay(t *testing.T) {
	src := sparse(t, 3*tus.CheckpointEvery+5)
	s := newServer(t)
	var offsets []int64
	if _, err := s.client(t).Upload(t.Context(), src, tus.Events{Checkpoint: func(c tus.Checkpoint) { offsets = append(offsets, c.Offset) }}); err != nil {
		t.Fatal(err)
	}
	if len(offsets) != 3 || offsets[0] != tus.CheckpointEvery || offsets[2] != 3*tus.CheckpointEvery {
		t.Errorf("checkpoints at %v", offsets)
	}
}

func TestCheckpointsThatAreNone(t *testing.T) {
	for name, c := range map[string]tus.Checkpoint{
		"no state":        {Offset: 100},
		"nonsense":        {Offset: 100, State: []byte("sha\x03nonsense")},
		"negative":        {Offset: -1, State: []byte("x")},
		"beyond the file": {Offset: 1 << 40, State: []byte("x")},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			src, content := writeFile(t, 2*mib)
			src.Checkpoint = c
			deliver(t, s, s.client(t), src, content)
		})
	}
}

// The pace decides how much goes at once, and its error is not the network's.
func TestPace(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 2*mib)
	var mu sync.Mutex
	most, asked := 0, 0
	deliver(t, s, s.client(t, func(c *tus.Config) {
		c.Pace = func(_ context.Context, n int) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			most, asked = max(most, n), asked+1
			return min(n, 1000), nil
		}
	}), src, content)
	if asked < 2*mib/1000 || most > tus.ReadSize {
		t.Errorf("asked %d times, for up to %d bytes", asked, most)
	}

	// A refusal that comes while the pace holds the content back ends the wait.
	s.on("PATCH", refuse(401, ""))
	src.URL = ""
	_, err := s.client(t, func(c *tus.Config) {
		c.Pace = func(ctx context.Context, _ int) (int, error) { <-ctx.Done(); return 0, ctx.Err() }
	}).Upload(t.Context(), src, tus.Events{})
	wantError(t, err, tus.ErrUnauthorised)

	ctx, cancel := context.WithCancelCause(t.Context())
	paused := errors.New("paused")
	_, err = s.client(t, func(c *tus.Config) {
		c.Pace = func(ctx context.Context, _ int) (int, error) { cancel(paused); <-ctx.Done(); return 0, ctx.Err() }
	}).Upload(ctx, src, tus.Events{})
	wantError(t, err, context.Canceled, paused)
}
