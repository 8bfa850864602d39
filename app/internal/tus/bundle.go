package tus

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"handover/app/internal/content"
	"handover/backend/api"
)

const (
	bundleType = "application/vnd.handover.bundle"
	// bundleFileSize is the size up to which a file may go in a bundle.
	bundleFileSize = 64 << 10
	// A bundle is sent when it has so much, if not before.
	bundleFiles = 64
	bundleBytes = 1 << 20
	// bundleLanes is how many are on their way at once: while one travels, the
	// server syncs another.
	bundleLanes = 3
	// bundleRefusals in a row are from a server that takes none.
	bundleRefusals = 3
)

// errAlone is for a file that has to go by itself.
var errAlone = errors.New("not in a bundle")

// bundler gathers small files that are uploaded at the same time, and sends them
// in one request. Nobody waits for company: those that come while all lanes are
// taken share the next one that is free. Whatever goes wrong with a bundle, each
// of its files is then uploaded by itself, which also tells what is wrong.
type bundler struct {
	client *Client
	lanes  chan struct{}

	mu       sync.Mutex
	next     *bundle // waits for a lane, and takes more
	refusals int     // in a row
}

// bundle is files that go together. Each of those who upload them waits until
// it is done; the first of them sends it.
type bundle struct {
	files []*bundled
	bytes int
	done  chan struct{}
	err   error
}

// bundled is one file in a bundle.
type bundled struct {
	ctx     context.Context
	meta    string
	content []byte
	stored  Result // what the server says of it
}

// bundle uploads the file together with others, or returns errAlone.
func (c *Client) bundle(ctx context.Context, src Source, ev Events) (Result, error) {
	size := src.Identity.Size
	if !c.cfg.Bundles || size < 1 || size > min(bundleFileSize, c.bundleBytes()) || src.URL != "" || len(src.Parts) > 0 || !c.bundler.taken() {
		return Result{}, errAlone
	}
	f, digest, err := c.packed(ctx, src)
	if err != nil {
		return Result{}, errAlone
	}
	// The upload of another file may have been stopped, and with it the bundle.
	if err = c.bundler.bring(f); errors.Is(err, context.Canceled) && ctx.Err() == nil {
		err = c.bundler.bring(f)
	}
	if errors.Is(err, ErrUnauthorised) || errors.Is(err, api.ErrUnreachable) {
		return Result{}, err // alone it would fare no better
	}
	if err != nil {
		return Result{}, errAlone
	}
	res := f.stored
	res.SHA256 = digest
	now, err := content.Glance(src.Path)
	if err == nil {
		err = (&source{path: src.Path, want: src.Identity}).compare(now)
	}
	if err != nil {
		return res, err
	}
	ev = ev.orNothing()
	if err := ev.Created(res.URL); err != nil {
		return res, fmt.Errorf("note the upload's address: %w", err)
	}
	ev.Progress(size)
	return res, nil
}

// packed reads the file.
func (c *Client) packed(ctx context.Context, src Source) (*bundled, string, error) {
	meta, err := encodeMetadata(src.Metadata)
	if err != nil {
		return nil, "", err
	}
	s, err := openSource(src.Path, src.Identity)
	if err != nil {
		return nil, "", err
	}
	defer s.close()
	all, err := s.read(make([]byte, src.Identity.Size), 0, src.Identity.Size)
	if err != nil {
		return nil, "", err
	}
	return &bundled{ctx: ctx, meta: meta, content: all}, s.digest(), nil
}

// bundleBytes is how many bytes of files go in one bundle. What is said of them
// needs room too.
func (c *Client) bundleBytes() int64 {
	if most := c.requests.bound(); most > 0 {
		return min(bundleBytes, most/2)
	}
	return bundleBytes
}

// taken reports whether the server may take bundles.
func (b *bundler) taken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusals < bundleRefusals
}

// bring returns when the file is on the server, or an error when its bundle did
// not get there.
func (b *bundler) bring(f *bundled) error {
	b.mu.Lock()
	mine := b.next
	first := mine == nil || len(mine.files) == bundleFiles || int64(mine.bytes+len(f.content)) > b.client.bundleBytes()
	if first {
		mine = &bundle{done: make(chan struct{})}
		b.next = mine
	}
	mine.files = append(mine.files, f)
	mine.bytes += len(f.content)
	b.mu.Unlock()
	if !first {
		<-mine.done
		return mine.err
	}
	defer close(mine.done)
	select {
	case b.lanes <- struct{}{}:
		b.leave(mine)
		mine.err = b.send(mine)
		<-b.lanes
	case <-f.ctx.Done():
		b.leave(mine)
		mine.err = f.ctx.Err()
	}
	return mine.err
}

// leave has nobody join the bundle any more.
func (b *bundler) leave(mine *bundle) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == mine {
		b.next = nil
	}
}

// send makes the request. It ends when the upload of any of the files is to end.
func (b *bundler) send(mine *bundle) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(mine.files[0].ctx))
	defer cancel()
	for _, f := range mine.files {
		defer context.AfterFunc(f.ctx, cancel)()
	}
	all := mine.content()
	k := call{
		method: http.MethodPost, url: b.client.endpoint, header: http.Header{"Content-Type": {bundleType}},
		body: &body{
			src: &source{bytes: bytes.NewReader(all), want: content.Identity{Size: int64(len(all))}},
			end: int64(len(all)), took: func(int64) {},
		},
	}
	r, err := b.client.do(ctx, k)
	if err == nil {
		err = b.read(mine, r.text)
	}
	if b.client.refusesSize(err, int64(len(all))) {
		err = errAlone
	}
	b.note(err)
	return err
}

// note counts the refusals.
func (b *bundler) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	refused, ok := errors.AsType[*StatusError](err)
	switch {
	case err == nil:
		b.refusals = 0
	case ok && refused.Status < http.StatusInternalServerError, errors.Is(err, ErrProtocol):
		b.refusals++
	}
}

// content is the body of the request: for each file its length, what is said of
// it, and its bytes.
func (b *bundle) content() []byte {
	var all bytes.Buffer
	all.Grow(b.bytes + 200*len(b.files))
	for _, f := range b.files {
		all.WriteString(strconv.Itoa(len(f.content)) + " " + f.meta + "\n")
		all.Write(f.content)
	}
	return all.Bytes()
}

// read takes the addresses and digests from the answer.
func (b *bundler) read(mine *bundle, answer []byte) error {
	var list []struct{ Location, SHA256 string }
	if err := json.Unmarshal(answer, &list); err != nil || len(list) != len(mine.files) {
		return broken("the answer to a bundle of %d files is about %d", len(mine.files), len(list))
	}
	for i, told := range list {
		url, err := resolveLocation(b.client.endpoint, told.Location)
		if err != nil {
			return err
		}
		if sum, err := hex.DecodeString(told.SHA256); err != nil || len(sum) != 32 {
			return broken("the answer to a bundle has no digest of a file")
		}
		mine.files[i].stored = Result{URL: url.String(), ServerSHA256: told.SHA256}
	}
	return nil
}
