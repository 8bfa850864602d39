package tus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// unknown is the offset when the server must be asked for it.
const unknown = -1

// transfer is the state of one call of Upload.
type transfer struct {
	client *Client
	src    *source
	size   int64
	meta   string
	events Events

	base    int64  // the upload's offset in the file
	partial bool   // the upload is a part; its digest is not needed
	known   string // digest of the file; "" if it must be computed
	crowded bool   // other parts are sent at the same time, so its speed is not measured
	concat  string // Upload-Concat of an upload joined from parts

	url       *url.URL // nil until created
	offset    int64    // acknowledged by the server, or unknown
	digest    string   // the server's Repr-Digest
	confirmed bool     // the digest was asked for with HEAD after the last byte

	assembled time.Time // deadline for the server to join the parts

	attempted int64 // bytes of content of the last request
	best      int64 // greatest offset so far
	failures  int   // failed attempts since best grew
	recreated bool  // a lost upload was created again, which happens once
}

// run performs steps until the server has everything.
func (t *transfer) run(ctx context.Context) error {
	for {
		if err := t.step(ctx); err != nil {
			if err := t.decide(ctx, err); err != nil {
				return err
			}
			continue
		}
		if t.offset > t.best {
			t.best, t.failures = t.offset, 0
		}
		if t.complete() {
			break
		}
	}
	if t.partial {
		return t.src.unchanged()
	}
	if t.known != "" && t.known == t.digest {
		return t.src.unchanged() // both sides have hashed the content before
	}
	// A resumed upload may be complete before the file was read.
	if err := t.src.hashTo(ctx, t.size, t.events.Reread); err != nil {
		return err
	}
	return t.src.unchanged()
}

func (t *transfer) complete() bool {
	return t.url != nil && t.offset == t.size && (t.digest != "" || t.confirmed || t.partial)
}

// step makes the next request.
func (t *transfer) step(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return stopped(ctx)
	case t.url == nil && t.concat != "":
		return t.combine(ctx)
	case t.url == nil:
		return t.create(ctx)
	case t.offset == unknown:
		return t.ask(ctx)
	case t.offset == t.size:
		return t.confirm(ctx)
	}
	return t.send(ctx)
}

// decide returns nil if another attempt makes sense, or the final error.
func (t *transfer) decide(ctx context.Context, err error) error {
	if t.client.refusesSize(err, t.attempted) {
		return nil
	}
	if isGone(err) {
		if t.recreated {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		t.recreated = true
		t.url, t.offset, t.best, t.digest, t.confirmed = nil, unknown, 0, "", false
		return nil
	}
	retry, ok := errors.AsType[*retryError](err)
	if !ok {
		return err
	}
	t.failures++
	if t.failures >= t.client.cfg.MaxFailures {
		return fmt.Errorf("no progress in %d attempts: %w", t.failures, err)
	}
	if err := t.src.unchanged(); err != nil {
		return err
	}
	t.offset, t.digest, t.confirmed = unknown, "", false
	return t.wait(ctx, retry.after)
}

// wait sleeps before the next attempt, and at least as long as the server asked for. The
// delay is random, so that clients that failed together do not return together.
func (t *transfer) wait(ctx context.Context, least time.Duration) error {
	delays := t.client.cfg.Delays
	d := delays[min(t.failures, len(delays))-1]
	d -= rand.N(d/2 + 1)
	return sleep(ctx, max(d, least))
}

// sleep waits for d or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// create creates the upload (tus 1.0, Creation), including the content if it is small
// (Creation With Upload).
func (t *transfer) create(ctx context.Context) error {
	k := t.creation()
	k.header.Set("Upload-Length", strconv.FormatInt(t.size, 10))
	if t.partial {
		k.header.Set("Upload-Concat", "partial")
	}
	if t.size > 0 && t.size <= t.client.cfg.InlineSize && t.known == "" {
		k.body = t.content(0)
	}
	t.attempt(k.body)
	r, err := t.made(ctx, k)
	if err != nil {
		return err
	}
	t.offset = 0
	if k.body != nil || t.known != "" {
		// A server that does not accept content with the creation sends no offset and has
		// none of the content.
		t.offset, _ = parseOffset(r.header.Get("Upload-Offset"))
	}
	if err := t.events.Created(t.url.String()); err != nil {
		return fmt.Errorf("store the upload's address: %w", err)
	}
	end := int64(0)
	if k.body != nil {
		end = k.body.end
	} else if t.known != "" && t.digest == t.known {
		end = t.size
	}
	return t.acknowledged(0, end)
}

// combine asks the server to join the parts (tus 1.0, Concatenation).
func (t *transfer) combine(ctx context.Context) error {
	k := t.creation()
	k.header.Set("Upload-Concat", t.concat)
	t.attempt(nil)
	// The server sends nothing while it copies and hashes the parts.
	k.patience = t.copying()
	if _, err := t.made(ctx, k); err != nil {
		return err
	}
	t.offset = unknown
	if err := t.events.Created(t.url.String()); err != nil {
		return fmt.Errorf("store the upload's address: %w", err)
	}
	if t.digest != "" {
		t.offset = t.size
	}
	return nil
}

// copying returns how long a server may take to join the parts.
func (t *transfer) copying() time.Duration {
	return time.Duration(t.size/slowestDisk) * time.Second
}

// slowestDisk is the least speed at which a server joins parts, in bytes per second.
const slowestDisk = 10e6

// attempt records how much content the next request has.
func (t *transfer) attempt(b *body) {
	t.attempted = 0
	if b != nil {
		t.attempted = b.end - b.off
	}
}

// creation returns a request that creates an upload.
func (t *transfer) creation() call {
	k := call{method: http.MethodPost, url: t.client.endpoint, header: http.Header{}}
	if t.meta != "" {
		k.header.Set("Upload-Metadata", t.meta)
	}
	return k
}

// made sends a creation and stores the upload's URL from the response.
func (t *transfer) made(ctx context.Context, k call) (reply, error) {
	r, err := t.client.do(ctx, k)
	if err != nil {
		return r, err
	}
	if r.status != http.StatusCreated {
		return r, broken("status %d to a creation", r.status)
	}
	t.url, err = resolveLocation(t.client.endpoint, r.header.Get("Location"))
	t.digest = parseReprDigest(r.header.Values("Repr-Digest"))
	return r, err
}
