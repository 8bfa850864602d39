package tus

import (
	"context"
	"errors"
	"fmt"

	"handover/app/internal/content"
)

// Source is the file to send.
type Source struct {
	Path string
	// Identity is the result of [content.Begin] for the file. A file with another
	// identity is refused with ErrSourceChanged before anything is sent.
	Identity content.Identity
	// Metadata is sent with the creation as Upload-Metadata. Keys are visible ASCII
	// without commas; values may be anything.
	Metadata map[string]string
	// URL of an upload created by an earlier call; "" creates one. A URL at another
	// origin than the endpoint is ignored: the file then gets a new upload, and
	// Created is called.
	URL string
	// Parts are the parts that an earlier call reported last, if it has no URL.
	Parts []Part
	// Checkpoint is the last one reported by an earlier call. The part that it covers
	// is not read again unless the server lacks it. So the caller must know that the
	// file still begins with that part: the earlier Identity Proves the current one,
	// or the Checkpoint Matches the file.
	Checkpoint Checkpoint
	// SHA256 is the digest of the file with this Identity in hexadecimal, if it is known
	// and part of the Metadata. If the server already has this content, the file is
	// neither read nor sent.
	SHA256 string
}

// Events are callbacks during an upload. Each may be nil. They are not called after
// Upload has returned. Each is called by one goroutine at a time, but not always by
// the goroutine that called Upload. Progress and Reread must return at once.
type Events struct {
	// Created is called with the URL of a new upload before content is sent to it, so
	// that the caller can store the URL; an error ends the call. Up to Config.InlineSize
	// it is called after the content was sent with the creation; if that response is
	// lost, the next attempt creates another upload, and the first stays unused on the
	// server. It is called again when a lost upload is replaced.
	Created func(url string) error
	// Parts is called with all parts before the first content of a part is sent, so that
	// the caller can store them; an error ends the call. They are obsolete once
	// Created is called.
	Parts func([]Part) error
	// Progress is called often with the number of bytes, from the file's beginning, that
	// the server has acknowledged or the connection has taken. It starts at the
	// server's offset, and returns to it after a failure.
	Progress func(offset int64)
	// Reread is called often while bytes that the server already has are read again for
	// the digest. Nothing is sent during that time.
	Reread func(done, of int64)
	// Checkpoint is called every 64 MiB and when the call fails. The caller can store it
	// so that the next call need not read the file from its beginning.
	Checkpoint func(Checkpoint)
}

// Result describes an upload whose last byte the server has acknowledged. This does not
// prove what the server stored: compare the two digests.
type Result struct {
	URL    string
	SHA256 string // digest of the bytes read from the file, in hexadecimal
	// ServerSHA256 is the server's own digest (Repr-Digest, RFC 9530), in
	// hexadecimal, or "" if it sent none.
	ServerSHA256 string
}

// Upload sends the whole of src to the server. It creates or resumes the upload and
// retries as Config says. It returns an error that matches
//
//   - ErrSource or ErrSourceChanged if the file cannot be read or has changed;
//   - ctx.Err() and context.Cause(ctx) if ctx ended;
//   - *api.Foreign if a proxy or portal responded instead of the server; the URL
//     stays valid, and the call can be repeated after its Wait;
//   - ErrNetwork, ErrProtocol or a *StatusError with a status such as 503 or 423
//     if repeated attempts made no progress;
//   - another *StatusError if the server refused, see ErrUnauthorised and
//     ErrTooLarge; for example 507 if the server's disk is full;
//   - ErrGone, ErrForeignLocation;
//   - the error of Created or Config.Authorise.
//
// With an error, Result.URL still names the upload, if one exists. Another call can
// continue it, except after ErrGone; see ErrSourceChanged.
func (c *Client) Upload(ctx context.Context, src Source, ev Events) (Result, error) {
	res, err := c.bundle(ctx, src, ev)
	if errors.Is(err, errAlone) {
		res, err = c.single(ctx, src, ev)
	}
	if err != nil {
		return res, fmt.Errorf("upload %s: %w", src.Path, err)
	}
	return res, nil
}

// single uploads one file outside a bundle.
func (c *Client) single(ctx context.Context, src Source, ev Events) (res Result, err error) {
	t, err := c.begin(src, ev)
	if t != nil {
		defer func() {
			if t.url != nil {
				res.URL = t.url.String()
			}
		}()
	}
	if err != nil {
		return res, err
	}
	defer t.src.close()
	if err := t.bring(ctx, src); err != nil {
		t.src.note()
		return res, err
	}
	res.SHA256, res.ServerSHA256 = t.known, t.digest
	if res.SHA256 == "" || res.SHA256 != t.digest {
		res.SHA256 = t.src.digest()
	}
	return res, nil
}

// bring sends the file in parts if that is faster, otherwise in one stream.
func (t *transfer) bring(ctx context.Context, src Source) error {
	if t.known == "" {
		if handled, err := t.runParts(ctx, src); handled {
			return err
		}
	}
	return t.run(ctx)
}

func (c *Client) begin(src Source, ev Events) (*transfer, error) {
	meta, err := encodeMetadata(src.Metadata)
	if err != nil {
		return nil, err
	}
	t := &transfer{client: c, meta: meta, events: ev.orNothing(), size: src.Identity.Size, offset: unknown, known: src.SHA256}
	if src.URL != "" {
		// An unusable URL is ignored; see Source.URL.
		t.url, _ = c.uploadURL(src.URL)
	}
	if t.src, err = openSource(src.Path, src.Identity); err != nil {
		return t, err
	}
	t.src.checkpoint = t.events.Checkpoint
	t.src.resumeAt(src.Checkpoint)
	return t, nil
}

// orNothing replaces nil callbacks with functions that do nothing.
func (ev Events) orNothing() Events {
	if ev.Created == nil {
		ev.Created = func(string) error { return nil }
	}
	if ev.Parts == nil {
		ev.Parts = func([]Part) error { return nil }
	}
	if ev.Progress == nil {
		ev.Progress = func(int64) {}
	}
	if ev.Reread == nil {
		ev.Reread = func(int64, int64) {}
	}
	if ev.Checkpoint == nil {
		ev.Checkpoint = func(Checkpoint) {}
	}
	return ev
}
