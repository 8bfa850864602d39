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
	// bundleFileSize is the largest file that is bundled.
	bundleFileSize = 64 << 10
	// bundleFiles is the number of files at which a bundle is full.
	bundleFiles = 64
	bundleBytes = 1 << 20
	// bundleLanes is how many bundles are sent in parallel: one is transferred while
	// the server syncs another.
	bundleLanes = 3
	// bundleRefusals is how many refusals in a row show that a server takes no bundles.
	bundleRefusals = 3
)

// errAlone is returned for a file that must be uploaded separately.
var errAlone = errors.New("not in a bundle")

// bundler sends small files that are uploaded at the same time in one request. A bundle
// is sent as soon as a lane is free; until then more files join it. After any failure
// of a bundle, each of its files is uploaded separately, which also finds the cause.
type bundler struct {
	client *Client
	lanes  chan struct{}

	mu       sync.Mutex
	next     *bundle // waits for a lane and accepts files
	refusals int     // in a row
}

// bundle is a set of files sent in one request. The goroutine of the first file sends
// it; those of the others wait.
type bundle struct {
	files []*bundled
	bytes int
	done  chan struct{}
	err   error
}

// bundled is a file in a bundle.
type bundled struct {
	ctx     context.Context
	meta    string
	content []byte
	stored  Result // the server's result for the file
}

// bundle uploads the file in a bundle, or returns errAlone.
func (c *Client) bundle(ctx context.Context, src Source, ev Events) (Result, error) {
	size := src.Identity.Size
	if !c.cfg.Bundles || size < 1 || size > min(bundleFileSize, c.bundleBytes()) || src.URL != "" || len(src.Parts) > 0 || !c.bundler.taken() {
		return Result{}, errAlone
	}
	f, digest, err := c.packed(ctx, src)
	if err != nil {
		return Result{}, errAlone
	}
	// Cancelling the upload of another file also cancels the bundle.
	if err = c.bundler.bring(f); errors.Is(err, context.Canceled) && ctx.Err() == nil {
		err = c.bundler.bring(f)
	}
	if errors.Is(err, ErrUnauthorised) || errors.Is(err, api.ErrUnreachable) {
		return Result{}, err // uploading it separately would fail, too
	}
	if err != nil {
		return Result{}, errAlone
	}
	res := f.stored
	res.SHA256 = digest
	now, err := content.Glance(src.Path)
	if err != nil {
		return res, err
	}
	if err := (&source{path: src.Path, want: src.Identity}).compare(now); err != nil {
		return res, err
	}
	ev = ev.orNothing()
	if err := ev.Created(res.URL); err != nil {
		return res, fmt.Errorf("store the upload's address: %w", err)
	}
	ev.Progress(size)
	return res, nil
}

// packed reads the file and encodes its metadata.
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

// bundleBytes returns how many bytes of files fit in a bundle, leaving room for their
// metadata.
func (c *Client) bundleBytes() int64 {
	if most := c.requests.bound(); most > 0 {
		return min(bundleBytes, most/2)
	}
	return bundleBytes
}

// taken reports whether the server may accept bundles.
func (b *bundler) taken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusals < bundleRefusals
}

// bring returns when the file is on the server or its bundle has failed.
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

// leave closes the bundle to further files.
func (b *bundler) leave(mine *bundle) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == mine {
		b.next = nil
	}
}

// send makes the request. It is cancelled when the upload of any of its files is.
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
	err := b.exchange(ctx, k, mine)
	if b.client.refusesSize(err, int64(len(all))) {
		err = errAlone
	}
	b.note(err)
	return err
}

func (b *bundler) exchange(ctx context.Context, k call, mine *bundle) error {
	r, err := b.client.do(ctx, k)
	if err != nil {
		return err
	}
	return b.read(mine, r.text)
}

// note counts refusals.
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

// content returns the request's body: for each file the length of its metadata, the
// metadata and the bytes.
func (b *bundle) content() []byte {
	var all bytes.Buffer
	all.Grow(b.bytes + 200*len(b.files))
	for _, f := range b.files {
		all.WriteString(strconv.Itoa(len(f.content)) + " " + f.meta + "\n")
		all.Write(f.content)
	}
	return all.Bytes()
}

// read applies the URLs and digests of the response.
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
