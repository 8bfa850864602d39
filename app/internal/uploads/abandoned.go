package uploads

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"handover/app/internal/draft"
	"handover/app/internal/session"
	"handover/app/internal/tus"
)

const (
	// deletions is the number of requests at the same time, and deletionBatch the
	// number of uploads between two writes to the disk.
	deletions     = 4
	deletionBatch = 100
	// deletionTimeout bounds one request.
	deletionTimeout = 15 * time.Second
	// firstDeletion is the wait for more uploads. Short commands end before, and
	// leave their uploads to a program that runs longer.
	firstDeletion = 200 * time.Millisecond
	// deleteAgain is the first wait after a fault. It doubles up to deleteSeldom.
	deleteAgain  = time.Second
	deleteSeldom = 2 * time.Minute
)

// A cleaner deletes abandoned uploads from the server. Their list is in the drafts,
// so the work continues after a restart.
type cleaner struct {
	session *session.Session
	drafts  *draft.Store
	log     *slog.Logger
}

// run deletes abandoned uploads until the context ends.
func (c *cleaner) run(ctx context.Context) {
	timer := time.NewTimer(firstDeletion)
	defer timer.Stop()
	wait := deleteAgain
	for {
		select {
		case <-c.drafts.Abandonment():
			timer.Reset(firstDeletion)
			continue
		case <-c.session.Reached:
			wait = deleteAgain
			timer.Reset(firstDeletion)
			continue
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		done, err := c.pass(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.log.Info("abandoned uploads are still on the server", "error", err)
		}
		if done {
			wait = deleteAgain
			continue
		}
		timer.Reset(wait)
		wait = min(2*wait, deleteSeldom)
	}
}

// pass goes through the list once. done is false if some uploads can only be
// deleted later.
func (c *cleaner) pass(ctx context.Context) (done bool, err error) {
	uploads, err := c.session.Uploads()
	if err != nil {
		return true, nil // until the next sign-in
	}
	info, _ := c.session.Current()
	done = true
	for after := ""; ; {
		batch, err := c.drafts.TakeAbandoned(info.Key(), after, time.Now(), deletionBatch)
		if err != nil {
			return false, err
		}
		gone, err := c.deleteBatch(ctx, uploads, batch.Uploads)
		if stored := c.drafts.ForgetAbandoned(gone); stored != nil || err != nil {
			return false, errors.Join(stored, err)
		}
		done = done && !batch.Later && len(gone) == len(batch.Uploads)
		if after = batch.Last; after == "" {
			return done, nil
		}
	}
}

// deleteBatch deletes uploads. It returns those that the server no longer has, or
// keeps because they were delivered. It fails if further requests would fail too.
func (c *cleaner) deleteBatch(ctx context.Context, uploads *tus.Client, ids []string) (gone []string, err error) {
	var mu sync.Mutex
	group, starting := errgroup.WithContext(ctx)
	group.SetLimit(deletions)
	for _, id := range ids {
		group.Go(func() error {
			if starting.Err() != nil {
				return nil
			}
			// A fault does not end the requests under way. They may wait for this one,
			// which shows whether the server can be reached again.
			ended, err := deleteUpload(ctx, uploads, c.session.UploadURL(id))
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

// deleteUpload reports whether the upload needs no further request. An error
// concerns the other uploads as well.
func deleteUpload(ctx context.Context, uploads *tus.Client, url string) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, deletionTimeout)
	defer cancel()
	err = uploads.Terminate(ctx, url)
	if err == nil || errors.Is(err, tus.ErrKept) { // delivered
		return true, nil
	}
	refused, ok := errors.AsType[*tus.StatusError](err)
	if ok && refused.Status == http.StatusLocked {
		return false, nil // it is being written to; the others can be deleted
	}
	return false, err
}
