package tus

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ask asks for the server's offset (tus 1.0, HEAD).
func (t *transfer) ask(ctx context.Context) error {
	t.attempt(nil)
	r, err := t.client.do(ctx, call{method: http.MethodHead, url: t.url})
	if err != nil {
		return err
	}
	offset, ok := parseOffset(r.header.Get("Upload-Offset"))
	if !ok && (t.concat != "" || strings.HasPrefix(r.header.Get("Upload-Concat"), "final")) {
		return t.assembling(ctx)
	}
	if !ok {
		// The response may come from a captive portal, which answers 200 to everything. The
		// upload may still exist.
		return &retryError{err: broken("no Upload-Offset from HEAD")}
	}
	length := r.header.Get("Upload-Length")
	if n, ok := parseOffset(length); offset > t.size || (length != "" && (!ok || n != t.size)) {
		return &goneError{err: broken("the upload belongs to another file: %d of %q bytes, the file has %d", offset, length, t.size)}
	}
	if t.client.arrived(t.url, offset) {
		t.failures = 0 // smaller requests have not failed yet
	}
	t.offset = offset
	t.digest = parseReprDigest(r.header.Values("Repr-Digest"))
	t.confirmed = offset == t.size
	t.events.Progress(offset)
	return nil
}

// assembling waits while the server joins the parts. Until then the upload has no offset
// (tus 1.0, Concatenation).
func (t *transfer) assembling(ctx context.Context) error {
	now := time.Now()
	if t.assembled.IsZero() {
		t.assembled = now.Add(t.client.cfg.StallTimeout + t.copying())
	}
	if now.After(t.assembled) {
		return &retryError{err: broken("the parts are still not joined")}
	}
	delays := t.client.cfg.Delays
	return sleep(ctx, delays[min(1, len(delays)-1)])
}

// confirm asks once for the digest if the last response had none. All bytes are
// acknowledged, so a missing response is ignored; a smaller offset is not.
func (t *transfer) confirm(ctx context.Context) error {
	err := t.ask(ctx)
	switch {
	case ctx.Err() != nil:
		return stopped(ctx)
	case err != nil:
		t.confirmed = true
		return nil
	case t.offset < t.size:
		return &retryError{err: broken("offset %d after all %d bytes were acknowledged", t.offset, t.size)}
	}
	return nil
}

// send sends content from the server's offset on (tus 1.0, PATCH).
func (t *transfer) send(ctx context.Context) error {
	if !t.partial {
		if err := t.src.hashTo(ctx, t.offset, t.events.Reread); err != nil {
			return err
		}
	}
	from := t.offset
	k := call{method: http.MethodPatch, url: t.url, header: http.Header{}, body: t.content(from), measured: !t.crowded}
	k.header.Set("Upload-Offset", strconv.FormatInt(from, 10))
	t.attempt(k.body)
	r, err := t.client.do(ctx, k)
	if err != nil {
		t.client.requests.lose(t.url, from, k.body.off-from, k.body.off == k.body.end)
		return err
	}
	var ok bool
	if t.offset, ok = parseOffset(r.header.Get("Upload-Offset")); !ok {
		return &retryError{err: broken("no Upload-Offset from PATCH")}
	}
	if t.offset == from {
		return &retryError{err: broken("PATCH accepted no bytes")}
	}
	t.digest = parseReprDigest(r.header.Values("Repr-Digest"))
	return t.acknowledged(from, k.body.end)
}

// content is the body that begins at off.
func (t *transfer) content(off int64) *body {
	end := t.size
	if limit := t.client.requests.bound(); limit > 0 {
		end = min(end, off+limit)
	}
	return &body{src: t.src, base: t.base, off: off, end: end, took: t.events.Progress}
}

// acknowledged checks the offset in the response to content between from and end. After
// an impossible offset it asks the server again.
func (t *transfer) acknowledged(from, end int64) error {
	if t.offset < from || t.offset > end {
		return &retryError{err: broken("offset %d after content from %d to %d", t.offset, from, end)}
	}
	t.events.Progress(t.offset)
	return nil
}
