package thumbnail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"handover/backend/order"
	"handover/backend/thumbnail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// content is what an image is read from. It counts itself as open, and lets a
// test in before the first byte.
type content struct {
	*bytes.Reader
	before func() error
	closed func()
}

func (c *content) Read(b []byte) (int, error) {
	if c.before != nil {
		if err := c.before(); err != nil {
			return 0, err
		}
	}
	return c.Reader.Read(b)
}

func (c *content) Close() error {
	if c.closed != nil {
		c.closed()
	}
	return nil
}

func opens(b []byte) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) { return &content{Reader: bytes.NewReader(b)}, nil }
}

func imageNo(n int) order.File {
	return order.File{ID: fmt.Sprint("f", n), Type: "image/png", SHA256: fmt.Sprint("d", n)}
}

func TestMadeOnceAndOneAtATime(t *testing.T) {
	m := thumbnail.New(1 << 20)
	drawing := asPNG(t, rgba(300, 300))
	var open, most, opened atomic.Int32
	from := func() (io.ReadSeekCloser, error) {
		opened.Add(1)
		if now := open.Add(1); now > most.Load() {
			most.Store(now)
		}
		return &content{Reader: bytes.NewReader(drawing), closed: func() { open.Add(-1) }}, nil
	}
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			if made, err := m.Of(t.Context(), imageNo(i%3), from); err != nil || made == nil {
				t.Error(len(made), err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 || opened.Load() != 3 || open.Load() != 0 {
		t.Errorf("%d at a time, %d opened, %d left open", most.Load(), opened.Load(), open.Load())
	}
}

func TestFailureIsRemembered(t *testing.T) {
	m := thumbnail.New(1 << 20)
	opened := 0
	from := func() (io.ReadSeekCloser, error) {
		opened++
		return opens(bombPNG(100_000, 100_000, 8, 2))()
	}
	for range 3 {
		if made, err := m.Of(t.Context(), imageNo(1), from); err != nil || made != nil {
			t.Fatal(len(made), err)
		}
	}
	if opened != 1 {
		t.Errorf("it was opened %d times", opened)
	}
}

// What is no fault of the image is told, and tried again.
func TestFaultsAreNotRemembered(t *testing.T) {
	m := thumbnail.New(1 << 20)
	drawing := asPNG(t, rgba(30, 30))
	broken := errors.New("the disk is broken")
	if _, err := m.Of(t.Context(), imageNo(1), func() (io.ReadSeekCloser, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	unreadable := func() (io.ReadSeekCloser, error) {
		return &content{Reader: bytes.NewReader(drawing), before: func() error { return broken }}, nil
	}
	if _, err := m.Of(t.Context(), imageNo(1), unreadable); !errors.Is(err, broken) {
		t.Error(err)
	}
	if made, err := m.Of(t.Context(), imageNo(1), opens(drawing)); err != nil || made == nil {
		t.Error(len(made), err)
	}
}

func TestWhoGoesAway(t *testing.T) {
	m := thumbnail.New(1 << 20)
	drawing := asPNG(t, rgba(30, 30))
	reading, goOn := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	slow := func() (io.ReadSeekCloser, error) {
		return &content{Reader: bytes.NewReader(drawing), before: sync.OnceValue(func() error {
			reading <- struct{}{}
			<-goOn
			return nil
		})}, nil
	}
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		_, err := m.Of(ctx, imageNo(1), slow)
		done <- err
	}()
	<-reading
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Of(gone, imageNo(2), opens(drawing)); !errors.Is(err, context.Canceled) {
		t.Errorf("who went away while waiting gets %v", err)
	}
	leave()
	close(goOn)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("who went away while it was decoded gets %v", err)
	}
	for n := range 3 {
		if made, err := m.Of(t.Context(), imageNo(n), opens(drawing)); err != nil || made == nil {
			t.Errorf("afterwards: %d bytes, %v", len(made), err)
		}
	}
}

// An image that takes too long holds up nobody for longer, and is not tried
// again.
func TestTooSlow(t *testing.T) {
	drawing := asPNG(t, noisy(600, 600))
	synctest.Test(t, func(t *testing.T) {
		m := thumbnail.New(1 << 20)
		opened := 0
		slow := func() (io.ReadSeekCloser, error) {
			opened++
			return &content{Reader: bytes.NewReader(drawing), before: func() error {
				time.Sleep(10 * time.Second)
				return nil
			}}, nil
		}
		for range 2 {
			if made, err := m.Of(t.Context(), imageNo(1), slow); err != nil || made != nil {
				t.Errorf("%d bytes, %v", len(made), err)
			}
		}
		if opened != 1 {
			t.Errorf("it was opened %d times", opened)
		}
	})
}

// Those that were asked for last stay.
func TestMemoryIsBounded(t *testing.T) {
	m := thumbnail.New(1 << 20)
	noise := imageNo(0)
	content := asPNG(t, noisy(160, 160))
	opened := map[string]int{}
	ask := func(n int) int {
		t.Helper()
		f := imageNo(n)
		made, err := m.Of(t.Context(), f, func() (io.ReadSeekCloser, error) {
			opened[f.ID]++
			return opens(content)()
		})
		if err != nil || made == nil {
			t.Fatal(len(made), err)
		}
		return len(made)
	}
	size := ask(0)
	for n := range 2*(1<<20)/size + 1 {
		ask(n + 1)
		ask(0)
	}
	if opened[noise.ID] != 1 {
		t.Errorf("what is asked for all the time was made %d times", opened[noise.ID])
	}
	if ask(1); opened["f1"] != 2 {
		t.Errorf("what nobody asked for was made %d times", opened["f1"])
	}
}
