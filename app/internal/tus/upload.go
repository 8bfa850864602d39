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
	// Identity is what [content.Begin] returned when the caller took up the
	// file. A file that differs is refused with ErrSourceChanged before anything
	// is sent.
	Identity content.Identity
	// Metadata goes with the creation as Upload-Metadata. Keys are visible
	// ASCII without commas; values may be anything.
	Metadata map[string]string
	// URL of the upload that an earlier call created; empty to create one. A
	// URL at another origin than the endpoint's is not used: the file then
	// gets a new upload, and Created is called.
	URL string
	// Parts are what an earlier call told last, if it did not get to a URL.
	Parts []Part
	// Checkpoint is the last that an earlier call told. What it covers is not
	// read again unless the server lacks it, so the caller must know that the
	// file still begins with it: the earlier call's Identity Proves this one, or
	// the Checkpoint Matches the file.
	Checkpoint Checkpoint
	// SHA256 is the digest of the file in this Identity, in hexadecimal, if the
	// caller knows it, and offered to the server in the Metadata. A server that
	// has the content already is not sent it, and the file is then not read.
	SHA256 string
}

// Events are told while an upload goes on. Each may be nil. They are called
// never called after Upload has returned, each by one goroutine at a time, but
// not always by the one that called Upload. Progress and Reread must return at
// once.
type Events struct {
	// Created is called with the URL of a new upload before any content is
	// sent there, so that the caller can store it; an error ends the call. For
	// files up to Config.InlineSize it is called when the content has arrived
	// with the creation: if that answer is lost, the next attempt creates
	// another upload and the server is left with one that nobody names. It is
	// called again if the server has lost the upload and a new one is made.
	Created func(url string) error
	// Parts is called before a part's first content is sent, with all parts, so
	// that the caller can store them; an error ends the call. They have served
	// once Created is called.
	Parts func([]Part) error
	// Progress is called, often, with the number of bytes from the file's
	// beginning that the server has acknowledged or the connection has taken.
	// It starts at the server's offset, and goes back to it after a failure.
	Progress func(offset int64)
	// Reread is called, often, while bytes that the server has from an earlier
	// call are read again for the digest; nothing is sent meanwhile.
	Reread func(done, of int64)
	// Checkpoint is called every 64 MiB, and when the call fails, with what the
	// caller can store so that the next call need not read the file from its
	// beginning.
	Checkpoint func(Checkpoint)
}

// Result is an upload that the server has acknowledged to the last byte. That
// is not yet a proof of what it stored: compare the two digests, or let the
// application do so.
type Result struct {
	URL    string
	SHA256 string // of the file's bytes as they were read, in hexadecimal
	// ServerSHA256 is the server's own digest (Repr-Digest, RFC 9530), in
	// hexadecimal, or "" if it sent none.
	ServerSHA256 string
}

// Upload brings src to the server whole, creating or resuming, and retrying as
// Config says. It returns an error that matches
//
//   - ErrSource, ErrSourceChanged if the file cannot be read or is not the same;
//   - ctx.Err() if ctx ended, with context.Cause(ctx) if there is one;
//   - *api.Foreign if something on the way answered in the server's place; the
//     URL stays good, and the call can be made again after its Wait;
//   - ErrNetwork, ErrProtocol or a *StatusError with a status such as 503 or
//     423 when attempts go on failing without progress;
//   - a *StatusError otherwise if the server refused, see ErrUnauthorised and
//     ErrTooLarge; 507 (the server's disk is full) is among them;
//   - ErrGone, ErrForeignLocation;
//   - what Created or Config.Authorise returned.
//
// With an error, Result.URL still names the upload if there is one. Except
// after ErrGone it can be continued by another call; see ErrSourceChanged.
func (c *Client) Upload(ctx context.Context, src Source, ev Events) (Result, error) {
	if res, err := c.bundle(ctx, src, ev); err == nil {
		return res, nil
	} else if !errors.Is(err, errAlone) {
		return res, fmt.Errorf("upload %s: %w", src.Path, err)
	}
	t, err := c.begin(src, ev)
	if err == nil {
		defer t.src.close()
		if err = t.bring(ctx, src); err != nil {
			t.src.note()
		}
	}
	res := Result{}
	if t != nil && t.url != nil {
		res.URL = t.url.String()
	}
	if err != nil {
		return res, fmt.Errorf("upload %s: %w", src.Path, err)
	}
	res.SHA256, res.ServerSHA256 = t.known, t.digest
	if res.SHA256 == "" || res.SHA256 != t.digest {
		res.SHA256 = t.src.digest()
	}
	return res, nil
}

// bring sends the file in parts if that helps, and else as one.
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
		// An address that is not usable counts as none; see Source.URL.
		t.url, _ = c.uploadURL(src.URL)
	}
	t.src, err = openSource(src.Path, src.Identity)
	if err == nil {
		t.src.checkpoint = t.events.Checkpoint
		t.src.resumeAt(src.Checkpoint)
	}
	return t, err
}

// orNothing fills in callbacks that do nothing.
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
