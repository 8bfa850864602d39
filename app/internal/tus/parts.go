package tus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// parted is an upload in parts: each stream sends one part of the file, and the server
// joins them. A separate pass over the whole file computes the digest.
type parted struct {
	whole *transfer
	sub   Source // of the parts: the file and the metadata

	mu    sync.Mutex
	parts []Part
	sent  []int64 // by part
}

// runParts sends the file in parts if that is faster than one stream. Otherwise handled
// is false and the caller sends the file in one stream.
func (t *transfer) runParts(ctx context.Context, src Source) (handled bool, err error) {
	p := &parted{whole: t, sub: src, parts: slices.Clone(src.Parts)}
	if !covers(p.parts, t.size) || t.url != nil {
		if !t.mayGain(ctx) {
			return false, nil
		}
		p.parts = firstParts(t.size, t.client.cfg.PartsFrom/4)
	}
	p.sent = make([]int64, len(p.parts))
	return true, p.run(ctx)
}

func (p *parted) run(ctx context.Context) error {
	if err := p.probe(ctx); err != nil {
		return err
	}
	// Try once more if the server has lost a part.
	for again := true; ; again = false {
		if err := p.sendAll(ctx); err != nil {
			return err
		}
		p.whole.concat = concatenation(p.parts)
		err := p.whole.run(ctx)
		if again && lostParts(err) {
			continue
		}
		if err != nil {
			return err
		}
		p.clean(ctx)
		return nil
	}
}

// probe sends the first part alone and decides by its speed whether to split the rest.
func (p *parted) probe(ctx context.Context) error {
	if len(p.parts) != 2 || p.parts[1].URL != "" {
		return nil // decided by an earlier call
	}
	if err := p.send(ctx, 0, false); err != nil {
		return err
	}
	cfg, path := p.whole.client.cfg, &p.whole.client.path
	// The first part was sent too quickly to measure the speed.
	if path.limits() && path.seconds(p.parts[1].Size) > worthwhile {
		p.mu.Lock()
		p.parts = splitRest(p.parts, int64(cfg.Parts))
		p.sent = append(p.sent, make([]int64, len(p.parts)-len(p.sent))...)
		p.mu.Unlock()
		return p.keep()
	}
	return nil
}

// sendAll sends the parts in parallel and hashes the file at the same time. The first
// error cancels the others.
func (p *parted) sendAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	errs := make(chan error, len(p.parts)+1)
	start := func(f func() error) {
		running.Go(func() {
			err := f()
			if err != nil {
				errs <- err
				cancel()
			}
		})
	}
	start(func() error { return p.whole.src.hashTo(ctx, p.whole.size, func(int64, int64) {}) })
	for i := range p.parts {
		start(func() error { return p.send(ctx, i, true) })
	}
	running.Wait()
	close(errs)
	return <-errs // the first error; nil if the channel is empty
}

// send sends one part. crowded is set when other parts are sent at the same time.
func (p *parted) send(ctx context.Context, i int, crowded bool) error {
	part := p.parts[i]
	t := &transfer{client: p.whole.client, meta: p.whole.meta, size: part.Size, offset: unknown, partial: true, crowded: crowded}
	t.events = Events{Progress: func(n int64) { p.progress(i, n) }}.orNothing()
	if part.URL != "" {
		t.url, _ = p.whole.client.uploadURL(part.URL)
	}
	t.events.Created = func(string) error {
		p.mu.Lock()
		p.parts[i].URL = t.url.RequestURI()
		p.mu.Unlock()
		return p.keep()
	}
	src, err := openSource(p.sub.Path, p.sub.Identity)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrSourceChanged, err) // the file existed when the call began
	}
	if err != nil {
		return err
	}
	defer src.close()
	src.sum = nil
	src.bytes = p.whole.src.bytes
	t.src, t.base = src, part.Offset
	return t.run(ctx)
}

// progress sums up what the parts have sent.
func (p *parted) progress(i int, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[i] = n
	sum := int64(0)
	for _, n := range p.sent {
		sum += n
	}
	p.whole.events.Progress(sum)
}

// keep passes the parts to the caller for storage.
func (p *parted) keep() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.whole.events.Parts(slices.Clone(p.parts)); err != nil {
		return fmt.Errorf("note the addresses of the parts: %w", err)
	}
	return nil
}

// concatenation returns the Upload-Concat field of the joined upload.
func concatenation(parts []Part) string {
	list := make([]string, len(parts))
	for i, p := range parts {
		list[i] = p.URL
	}
	return "final;" + strings.Join(list, " ")
}

// lostParts reports whether the server has lost a part.
func lostParts(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return ok && (status.Status == http.StatusNotFound || status.Status == http.StatusGone)
}

// clean deletes the parts after they were joined. A part that is not deleted only takes
// up space.
func (p *parted) clean(ctx context.Context) {
	for _, part := range p.parts {
		if u, err := url.Parse(part.URL); err == nil {
			_ = p.whole.client.Terminate(ctx, u.String())
		}
	}
}
