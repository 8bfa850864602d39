package desk

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

// checks are the files that are being read again, to find out whether their
// uploads hold what is in them now.
type checks struct {
	mu   *sync.Mutex
	done map[transfer.Item]int64 // bytes read
}

func newChecks() checks { return checks{new(sync.Mutex), map[transfer.Item]int64{}} }

// of returns how much has been read of the file; false when it is not being read.
func (c checks) of(item transfer.Item) (done int64, running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	done, running = c.done[item]
	return done, running
}

// note says how much has been read; -1 when it is over.
func (c checks) note(item transfer.Item, done int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done < 0 {
		delete(c.done, item)
		return
	}
	c.done[item] = done
}

// Checked returns how much has been read of a draft's file that is being read
// again, in bytes; false for one that is not.
func (u *Uploader) Checked(id, path string) (done int64, running bool) {
	return u.checks.of(transfer.Item{Group: id, Name: path})
}

// reading shows that the file is being read while read runs, which is given
// what to report to.
func (u *Uploader) reading(item transfer.Item, read func(report func(int64)) error) error {
	u.checks.note(item, 0)
	u.NotifySoon(item.Group)
	defer func() {
		u.checks.note(item, -1)
		u.NotifySoon(item.Group)
	}()
	return read(func(done int64) {
		u.checks.note(item, done)
		u.NotifySoon(item.Group)
	})
}

// held is how much of a file the server is known to have.
type held int

const (
	nothing held = iota // or another version
	some                // its upload holds the beginning of it and can go on
	whole               // its upload holds all of it
)

// compare finds out what the upload of the file holds of the version that is
// now there. It reads the file unless its identity proves that nothing has
// changed, and then returns the identity in which it was read.
func (u *Uploader) compare(ctx context.Context, item transfer.Item, f draft.File, now content.Identity) (h held, id content.Identity, err error) {
	stored, known := content.ParseIdentity(f.Identity), resumeOf(f)
	switch {
	case f.Upload == "" && len(known.Parts) == 0, stored.Size != now.Size:
		return nothing, now, nil
	case f.Holds() != "" && stored.Proves(now):
		return whole, now, nil
	case f.Holds() != "":
		sum := ""
		err = u.reading(item, func(report func(int64)) error {
			sum, id, err = content.Digest(ctx, f.Source, report)
			return err
		})
		if err == nil && sum == f.Holds() {
			return whole, id, nil
		}
		if err == nil {
			u.keepDigest(id, sum)
		}
		return nothing, id, err
	case stored.Proves(now):
		return some, now, nil
	case known.Checkpoint.Offset == 0:
		// All of it is read on the way, and the two digests tell in the end.
		if stored.Same(now) {
			h = some
		}
		return h, now, nil
	}
	err = u.reading(item, func(report func(int64)) error {
		var same bool
		if same, id, err = known.Checkpoint.Matches(ctx, f.Source, report); same {
			h = some
		}
		return err
	})
	return h, id, err
}

// prove makes sure that the server has what is now in the files of the draft,
// all of which are verified. Those that may have changed since, as far as the
// system tells, are read. Those that have are queued, and their paths returned.
func (u *Uploader) Prove(ctx context.Context, dr draft.Draft) (stale []string, err error) {
	proven := map[string]content.Identity{} // in which the file was read here
	for again := true; again && len(stale) == 0; {
		again = false // once more if reading took time
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
				proven[f.Path], err = u.proveOne(ctx, dr.Order, f)
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

// changedAfter is shown of a file while its new version is being sent.
var changedAfter = draft.Fault{Code: problem.CodeChangedAfter, Message: "the file has changed since it was uploaded; it is sent again"}

// errOther is for a verified file that holds other bytes now.
var errOther = errors.New("the file has changed since it was verified")

// proveOne reads a verified file and stores in which version it was read. Its
// error says why the file is not proved.
func (u *Uploader) proveOne(ctx context.Context, id string, f draft.File) (content.Identity, error) {
	item := transfer.Item{Group: id, Name: f.Path}
	var sum string
	var read content.Identity
	err := u.reading(item, func(report func(int64)) (err error) {
		sum, read, err = content.Digest(ctx, f.Source, report)
		return err
	})
	if err != nil {
		return read, err
	}
	if sum != f.SHA256 {
		u.keepDigest(read, sum)
		return read, errOther
	}
	_, err = u.drafts.UpdateFile(id, f.Path, func(now *draft.File) {
		if now.State == draft.Verified && now.Upload == f.Upload {
			now.Identity = content.EncodeIdentity(read)
		}
	})
	return read, err
}

// suspect queues a verified file that may have changed; other says that its
// upload holds other bytes.
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
	if err == nil {
		u.Enqueue(id, now)
		u.bus.Tell(change.Draft, id)
	}
	return err
}
