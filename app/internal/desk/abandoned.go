package desk

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"handover/app/internal/tus"
)

const (
	// deletions is how many abandoned uploads are deleted at the same time, and
	// deletionBatch how many at most between two writes to the disk.
	deletions     = 4
	deletionBatch = 100
	// deletionTimeout bounds one request.
	deletionTimeout = 15 * time.Second
	// firstDeletion is how long the worker waits for more. Short commands end
	// before, and leave their uploads to a program that stays longer.
	firstDeletion = 200 * time.Millisecond
	// deleteAgain is the first wait after a fault, which doubles up to
	// deleteSeldom.
	deleteAgain  = time.Second
	deleteSeldom = 2 * time.Minute
)

// deleteAbandoned has the server delete uploads that no draft names any more,
// until Close. The list is in the drafts, so it goes on after a restart.
func (u *Uploader) deleteAbandoned() {
	timer := time.NewTimer(firstDeletion)
	defer timer.Stop()
	wait := deleteAgain
	for {
		select {
		case <-u.drafts.Abandonment():
			timer.Reset(firstDeletion)
			continue
		case <-u.session.reached/*F*/:
			wait = deleteAgain
			timer.Reset(firstDeletion)
			continue
		case <-timer.C:
		case <-u.ctx.Done():
			return
		}
		done, err := u.deletePass()
		if u.ctx.Err() != nil {
			return
		}
		if err != nil {
			u.options.Log.Info("abandoned uploads are still on the server", "error", err)
		}
		if done {
			wait = deleteAgain
			continue
		}
		timer.Reset(wait)
		wait = min(2*wait, deleteSeldom)
	}
}

// deletePass goes through the list once. done is false while some are left that
// can be deleted later.
func (u *Uploader) deletePass() (done bool, err error) {
	_, uploads, err := u.session.Server()
	if err != nil {
		return true, nil // with the next sign-in
	}
	session, _ := u.session.Current()
	done = true
	for after := ""; ; {
		batch, err := u.drafts.TakeAbandoned(session.account(), after, time.Now(), deletionBatch)
		if err != nil {
			return false, err
		}
		gone, err := u.deleteBatch(uploads, batch.Uploads)
		if stored := u.drafts.ForgetAbandoned(gone); stored != nil || err != nil {
			return false, errors.Join(stored, err)
		}
		done = done && !batch.Later && len(gone) == len(batch.Uploads)
		if after = batch.Last; after == "" {
			return done, nil
		}
	}
}

// deleteBatch returns the uploads that the server no longer has, or keeps
// because they were delivered. It fails when it is no use to go on now.
func (u *Uploader) deleteBatch(uploads *tus.Client, ids []string) (gone []string, err error) {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(u.ctx)
	group.SetLimit(deletions)
	for _, id := range ids {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			// A fault starts no more, but ends none: the others may be held back for
			// this one, which shows whether the server can be reached again.
			ended, err := deleteUpload(u.ctx, uploads, u.session.UploadURL(id))
			if ended {
				mu.Lock()
				defer mu.Unlock()
				gone = append(gone, id)
			}
			return err
		})
	}
	err = group.Wait()
	return gone, err
}

// deleteUpload reports whether the server needs no further request about the
// upload. Its error is one that others would meet as well.
func deleteUpload(ctx context.Context, uploads *tus.Client, url string) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, deletionTimeout)
	defer cancel()
	err = uploads.Terminate(ctx, url)
	if err == nil || errors.Is(err, tus.ErrKept) { // a delivery has it
		return true, nil
	}
	refused, ok := errors.AsType[*tus.StatusError](err)
	if ok && refused.Status == http.StatusLocked {
		return false, nil // something is being written to it; others can go
	}
	return false, err
}

// reachedServer makes the worker try again now.
func (u *Uploader) ReachedServer() { u.session.reached/*F*/.Set() }
