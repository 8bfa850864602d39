package uploads

import (
	"context"
	"errors"
	"sync"

	"handover/app/internal/change"
	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
)

// A prover reads files to find out what the server has of them.
type prover struct {
	drafts  *draft.Store
	digests *digests
	// changed is called when the progress of a file of the order has changed.
	changed func(order string)

	mu   sync.Mutex
	done map[transfer.Item]int64 // bytes read of the files that are being read
}

func (p *prover) set(item transfer.Item, done int64) {
	p.mu.Lock()
	p.done[item] = done
	p.mu.Unlock()
	p.changed(item.Group)
}

func (p *prover) end(item transfer.Item) {
	p.mu.Lock()
	delete(p.done, item)
	p.mu.Unlock()
	p.changed(item.Group)
}

// reading calls read, which reads the file and reports the bytes, and shows its
// progress.
func (p *prover) reading(item transfer.Item, read func(report func(int64)) error) error {
	p.set(item, 0)
	defer p.end(item)
	return read(func(done int64) { p.set(item, done) })
}

// Checked returns how many bytes have been read of a draft's file that is being
// compared with its upload; running is false for any other file.
func (u *Uploader) Checked(id, path string) (done int64, running bool) {
	u.prover.mu.Lock()
	defer u.prover.mu.Unlock()
	done, running = u.prover.done[transfer.Item{Group: id, Name: path}]
	return done, running
}

// held is the part of a file that the server has.
type held int

const (
	nothing held = iota // or another version
	some                // the upload has the beginning and can be resumed
	whole               // the upload has all of it
)

// compare finds out which part of the file's present version the upload has. It
// reads the file unless its identity proves that the file has not changed, and
// returns the identity of the version that it compared.
func (p *prover) compare(ctx context.Context, item transfer.Item, f draft.File, now content.Identity) (h held, id content.Identity, err error) {
	stored, known := content.ParseIdentity(f.Identity), resumeOf(f)
	switch {
	case f.Upload == "" && len(known.Parts) == 0, stored.Size != now.Size:
		return nothing, now, nil
	case f.Holds() != "" && stored.Proves(now):
		return whole, now, nil
	case f.Holds() != "":
		sum := ""
		err = p.reading(item, func(report func(int64)) error {
			sum, id, err = content.Digest(ctx, f.Source, report)
			return err
		})
		if err != nil {
			return nothing, id, err
		}
		if sum == f.Holds() {
			return whole, id, nil
		}
		p.digests.keep(id, sum)
		return nothing, id, nil
	case stored.Proves(now):
		return some, now, nil
	case known.Checkpoint.Offset == 0:
		// The whole file is read while it is sent, and the digests are compared then.
		if stored.Same(now) {
			h = some
		}
		return h, now, nil
	}
	err = p.reading(item, func(report func(int64)) error {
		var same bool
		if same, id, err = known.Checkpoint.Matches(ctx, f.Source, report); same {
			h = some
		}
		return err
	})
	return h, id, err
}

// Prove makes sure that the server has the present content of the draft's files,
// all of which are verified. It reads the files that may have changed since. It
// queues those that have changed, and returns their paths.
func (u *Uploader) Prove(ctx context.Context, dr draft.Draft) (stale []string, err error) {
	proven := map[string]content.Identity{} // of the version that was read here
	for again := true; again && len(stale) == 0; {
		again = false // repeat if reading took time
		for _, f := range dr.Files {
			if f.Origin == draft.FromDelivery {
				continue // the server's copy never changes
			}
			now, err := content.Begin(f.Source)
			if err == nil {
				if id, ok := proven[f.Path]; content.ParseIdentity(f.Identity).Proves(now) || ok && id.Same(now) {
					continue
				}
				again = true
				proven[f.Path], err = u.prover.prove(ctx, dr.Order, f)
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				u.options.Log.Info("a verified file is sent again", "order", dr.Order, "path", f.Path, "error", err)
				if err := u.suspect(dr.Order, f, errors.Is(err, errOther)); err != nil {
					return nil, err
				}
				stale = append(stale, f.Path)
			}
		}
	}
	return stale, nil
}

// changedAfter is the fault of a file while its new version is being sent.
var changedAfter = draft.Fault{Code: problem.CodeChangedAfter, Message: "the file has changed since it was uploaded; it is sent again"}

var errOther = errors.New("the file has changed since it was verified")

// prove reads a verified file and stores the identity of the version that it
// read. The error says why the file is not proved.
func (p *prover) prove(ctx context.Context, id string, f draft.File) (content.Identity, error) {
	item := transfer.Item{Group: id, Name: f.Path}
	var sum string
	var read content.Identity
	err := p.reading(item, func(report func(int64)) (err error) {
		sum, read, err = content.Digest(ctx, f.Source, report)
		return err
	})
	if err != nil {
		return read, err
	}
	if sum != f.SHA256 {
		p.digests.keep(read, sum)
		return read, errOther
	}
	_, err = p.drafts.UpdateFile(id, f.Path, func(now *draft.File) {
		if now.State == draft.Verified && now.Upload == f.Upload {
			now.Identity = read.Encode()
		}
	})
	return read, err
}

// suspect queues a verified file that may have changed. other is set if its upload
// holds other bytes.
func (u *Uploader) suspect(id string, f draft.File, other bool) error {
	now, err := u.drafts.UpdateFile(id, f.Path, func(now *draft.File) {
		if now.State != draft.Verified || now.Upload != f.Upload {
			return
		}
		now.Doubt(draft.Queued)
		now.Fault = changedAfter
		if other {
			now.Forget()
		}
	})
	if err != nil {
		return err
	}
	u.Enqueue(id, now)
	u.bus.Tell(change.Draft, id)
	return nil
}
