package uploads

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/session"
	"handover/app/internal/standin"
	"handover/app/internal/transfer"
	"handover/app/internal/tus"
)

// upload sends one file of a draft to the server for the queue, and stores how that
// ended.
func (u *Uploader) upload(ctx context.Context, item transfer.Item, sent func(int64)) error {
	err := u.send(ctx, item, sent)
	defer u.ended(item.Group)
	switch {
	case err == nil || isNoFile(err):
		u.session.RecordUpload(nil)
		return err
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), u.requeue(item))
	}
	u.session.RecordUpload(err)
	e := problem.Explain(err)
	state, later := draft.Problem, false
	if u.OnFault(item, e.Code) {
		return err
	}
	switch e.Code {
	case problem.CodeFileChanged:
		// The upload is compared with the file once the file no longer changes.
		state, later = draft.Settling, true
	case problem.CodePlaceholder:
		later = u.options.Background // until its content is downloaded
	case problem.CodeUnreachable, problem.CodeDiskFullServer:
		state, later = draft.Queued, u.options.Background
	case problem.CodeIntercepted:
		state, later = draft.Queued, true
	case problem.CodeSignedOut:
		state = draft.Queued // until the next sign-in
	}
	u.options.Log.Info("upload interrupted", "order", item.Group, "code", e.Code, "error", err)
	_, saveErr := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
		f.Doubt(state)
		f.Fault = draft.Fault{Code: e.Code, Message: e.Message}
	})
	if saveErr != nil && !isNoFile(saveErr) {
		u.options.Log.Error("an upload's state was not saved", "order", item.Group, "error", saveErr)
	}
	if later {
		return &transfer.Later{After: session.Wait(err), Err: err}
	}
	return err
}

// send uploads the file until the server has all of it, with the same SHA-256.
func (u *Uploader) send(ctx context.Context, item transfer.Item, sent func(int64)) error {
	for attempt := 1; ; attempt++ {
		f, identity, err := u.begin(ctx, item)
		if err != nil || f.State == draft.Verified {
			return err
		}
		result, err := u.transmit(ctx, item, f, identity, sent)
		if err != nil {
			return err
		}
		// A proxy may have removed the server's digest from the answers. Then the
		// server compares the digests when the file is delivered.
		if result.ServerSHA256 == "" || result.SHA256 == result.ServerSHA256 {
			u.digests.remember(identity, result.SHA256)
			_, err := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
				f.State, f.SHA256, f.Size, f.Fault = draft.Verified, result.SHA256, identity.Size, draft.Fault{}
				f.Upload, f.Identity, f.Resume, f.Parts, f.Sent = path.Base(result.URL), identity.Encode(), "", "", result.SHA256
			})
			return err
		}
		if err := u.abandon(item, result.URL); err != nil {
			return err
		}
		if attempt == 2 {
			return &problem.Error{Code: problem.CodeCorrupt, Message: "the file arrived changed, twice; this computer's disk or memory may be faulty"}
		}
	}
}

// begin stores that the file is being sent, or that it is verified because its
// upload has all of it. It abandons an upload of another version of the file.
func (u *Uploader) begin(ctx context.Context, item transfer.Item) (draft.File, content.Identity, error) {
	f, err := u.drafts.File(item.Group, item.Name)
	if err != nil {
		return f, content.Identity{}, err
	}
	if p, found := standin.Probe(f.Source); found {
		return f, content.Identity{}, placeholderFault(p)
	}
	identity, err := content.Begin(f.Source)
	if err != nil || isInstant(f, identity) {
		return f, identity, err
	}
	if f.State == draft.Verified && !content.ParseIdentity(f.Identity).Proves(identity) {
		// It does not count as verified while it is being read.
		if f, err = u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) { f.Doubt(draft.Queued) }); err != nil {
			return f, identity, err
		}
	}
	has, identity, err := u.prover.compare(ctx, item, f, identity)
	if err != nil {
		return f, identity, err
	}
	fault := draft.Fault{}
	if has != whole && f.Fault.Code == problem.CodeChangedAfter || has == nothing && f.Holds() != "" {
		fault = changedAfter
		u.resent.add(item)
	}
	f, err = u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
		switch has {
		case whole:
			f.State, f.SHA256, f.Size, f.Fault = draft.Verified, f.Holds(), identity.Size, draft.Fault{}
			f.Identity = identity.Encode()
			return
		case nothing:
			f.Forget()
		case some:
			f.Identity, f.Sent = identity.Encode(), ""
		}
		f.State, f.Size, f.SHA256, f.Fault = draft.Uploading, identity.Size, "", fault
	})
	u.notifySoon(item.Group)
	return f, identity, err
}

// isInstant reports whether the file is sent too fast to be seen, and has no state
// to correct. Then only the result is stored.
func isInstant(f draft.File, identity content.Identity) bool {
	return f.State == draft.Queued && f.Size == identity.Size && f.Size <= small &&
		f.Upload == "" && f.Resume == "" && f.SHA256 == "" && f.Fault == draft.Fault{}
}

func (u *Uploader) transmit(ctx context.Context, item transfer.Item, f draft.File, identity content.Identity, sent func(int64)) (tus.Result, error) {
	uploads, err := u.session.Uploads()
	if err != nil {
		return tus.Result{}, err
	}
	url := ""
	if f.Upload != "" {
		url = u.session.UploadURL(f.Upload)
	}
	known := resumeOf(f)
	metadata := map[string]string{"order": item.Group, "path": f.Path}
	digest := ""
	if len(known.Parts) == 0 && known.Checkpoint.Offset == 0 {
		if digest, err = u.prover.knownDigest(ctx, item, f.Source, identity); err != nil {
			return tus.Result{}, err
		}
	}
	if digest != "" {
		metadata["sha256"] = digest
	}
	note := func(change func(*draft.File, *resume)) error {
		_, err := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
			f.Identity = identity.Encode()
			change(f, &known)
			f.Resume, f.Parts = known.encode(), partIDs(known.Parts)
		})
		return err
	}
	return uploads.Upload(ctx, tus.Source{
		Path: f.Source, Identity: identity, URL: url, Parts: known.Parts, Checkpoint: known.Checkpoint,
		Metadata: metadata, SHA256: digest,
	}, tus.Events{
		Progress: func(offset int64) {
			sent(offset)
			u.notifySoon(item.Group)
		},
		Created: func(url string) error {
			if identity.Size <= session.InlineSize && digest == "" {
				// The request that creates the upload carries the whole file, and
				// the digests are compared next: one write to the disk for both.
				return nil
			}
			return note(func(f *draft.File, r *resume) { f.Upload, r.Parts = path.Base(url), nil })
		},
		Parts: func(parts []tus.Part) error {
			return note(func(_ *draft.File, r *resume) { r.Parts = parts })
		},
		Checkpoint: func(c tus.Checkpoint) {
			// Without the checkpoint the file is read again; the upload continues.
			if err := note(func(_ *draft.File, r *resume) { r.Checkpoint = c }); err != nil && !isNoFile(err) {
				u.options.Log.Warn("a checkpoint was not stored", "order", item.Group, "error", err)
			}
		},
	})
}

// small is the largest size in bytes of a file whose upload is not shown.
const small = 64 << 10

// requeue marks a stopped upload as queued.
func (u *Uploader) requeue(item transfer.Item) error {
	f, err := u.drafts.File(item.Group, item.Name)
	if err == nil && f.State == draft.Uploading {
		_, err = u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
			if f.State == draft.Uploading {
				f.State = draft.Queued
			}
		})
	}
	if isNoFile(err) {
		return nil
	}
	return err
}

// abandon abandons an upload that holds other bytes than the file.
func (u *Uploader) abandon(item transfer.Item, url string) error {
	_, err := u.drafts.UpdateFile(item.Group, item.Name, (*draft.File).Forget)
	if err != nil {
		return err
	}
	return u.drafts.Abandon(path.Base(url)) // the draft may not have named it yet
}

// ResumeAll queues the files that are not on the server yet. watched says that a
// work folder is watched, which queues its own files once it has been scanned.
func (u *Uploader) ResumeAll(watched bool) error {
	return u.drafts.Each(func(dr draft.Draft) error {
		u.Enqueue(dr.Order, slices.DeleteFunc(dr.Files, func(f draft.File) bool {
			return watched && f.Origin == draft.FromFolder || f.State == draft.Verified || f.State == draft.Problem && f.Fault.Code != problem.CodePlaceholder
		})...)
		return nil
	})
}

// Enqueue queues files of the order's draft.
func (u *Uploader) Enqueue(id string, files ...draft.File) {
	if len(files) == 0 {
		return
	}
	due := u.options.Orders.DueAt(id)
	for _, f := range files {
		u.queue.Add(transfer.Item{Group: id, Name: f.Path}, f.Size, due)
	}
}

// EnqueueChanged queues every file of the draft of which the server does not have
// the present version.
func (u *Uploader) EnqueueChanged(id string) (waiting bool, err error) {
	dr, err := u.drafts.Draft(id)
	if err != nil {
		return false, err
	}
	var changed []draft.File
	for _, f := range dr.Files {
		if f.TakenOver() {
			continue
		}
		if f.State == draft.Verified {
			if identity, err := content.Glance(f.Source); err == nil && content.SameAs(f.Identity, identity) {
				continue
			}
		}
		// A missing file is queued too, which gives it its fault.
		changed = append(changed, f)
	}
	u.Enqueue(id, changed...)
	return len(changed) > 0, nil
}

// FirstFault returns the fault of the first file that could not be sent.
func (u *Uploader) FirstFault(id string) error {
	dr, err := u.drafts.Draft(id)
	if err != nil {
		return err
	}
	for _, f := range dr.Files {
		if f.Fault.Code != "" || f.State == draft.Problem {
			return &problem.Error{Code: f.Fault.Code, Message: fmt.Sprintf("%s: %s", f.Path, f.Fault.Message)}
		}
	}
	return nil
}

// Retry queues a file with a problem again.
func (u *Uploader) Retry(id, name string) error {
	f, err := u.drafts.UpdateFile(id, name, func(f *draft.File) {
		if f.State == draft.Problem {
			f.State, f.Fault = draft.Queued, draft.Fault{}
		}
	})
	if err != nil {
		return err
	}
	if f.State != draft.Verified {
		u.Enqueue(id, f)
	}
	return nil
}

// isNoFile reports whether the file is no longer in the draft.
func isNoFile(err error) bool { return errors.Is(err, draft.ErrNoFile) }

// placeholderFault is the fault of a file that is only a placeholder.
func placeholderFault(p standin.Placeholder) *problem.Error {
	return &problem.Error{Code: problem.CodePlaceholder, Message: p.Message()}
}

func (u *Uploader) ended(id string) {
	u.notifySoon(id)
	u.OnEnd()
}
