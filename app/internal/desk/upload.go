package desk

import (
	"context"
	"errors"
	"path"
	"slices"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/standin"
	"handover/app/internal/transfer"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// upload is the queue's work: it brings one file of a draft to the server and
// writes down how it ended.
func (u *Uploader) upload(ctx context.Context, item transfer.Item, sent func(int64)) error {
	err := u.send(ctx, item, sent)
	defer u.ended(item.Group)
	switch {
	case err == nil || IsNoFile(err):
		u.session.NoteSending(nil)
		return err
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), u.waitAgain(item))
	}
	u.session.NoteSending(err)
	e := problem.Explain(err)
	state, later := draft.Problem, false
	if u.folder.Recheck(item, e.Code) {
		return err
	}
	switch e.Code {
	case problem.CodeFileChanged:
		// What the server has is compared with the file once that rests.
		state, later = draft.Settling, true
	case problem.CodePlaceholder:
		later = u.options.Background // until it was downloaded
	case problem.CodeUnreachable, problem.CodeDiskFullServer:
		state, later = draft.Queued, u.options.Background
	case problem.CodeIntercepted:
		state, later = draft.Queued, true
	case problem.CodeSignedOut:
		state = draft.Queued // it goes on with the next sign-in
	}
	u.options.Log.Info("upload interrupted", "order", item.Group, "code", e.Code, "error", err)
	_, saveErr := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
		f.Doubt(state)
		f.Fault = draft.Fault{Code: e.Code, Message: e.Message}
	})
	if saveErr != nil && !IsNoFile(saveErr) {
		u.options.Log.Error("an upload's state was not saved", "order", item.Group, "error", saveErr)
	}
	if later {
		return &transfer.Later{After: session.Wait(err), Err: err}
	}
	return err
}

// waitOf returns how long not to try again, as the error says.
func Wait(err error) time.Duration {
	if foreign := api.ForeignIn(err); foreign != nil {
		return foreign.Wait
	}
	return 0
}

// send uploads the file until the server has it whole with the same SHA-256.
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
		// A proxy may have taken the server's digest out of its answers. Then the
		// server compares when the file is delivered.
		if result.ServerSHA256 == "" || result.SHA256 == result.ServerSHA256 {
			u.rememberDigest(identity, result.SHA256)
			_, err := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
				f.State, f.SHA256, f.Size, f.Fault = draft.Verified, result.SHA256, identity.Size, draft.Fault{}
				f.Upload, f.Identity, f.Resume, f.Parts, f.Sent = path.Base(result.URL), content.EncodeIdentity(identity), "", "", result.SHA256
			})
			return err
		}
		if err := u.forget(item, result.URL); err != nil {
			return err
		}
		if attempt == 2 {
			return &problem.Error{Code: problem.CodeCorrupt, Message: "the file arrived changed, twice; this computer's disk or memory may be faulty"}
		}
	}
}

// begin looks at the file and notes that it is being sent, or that it is
// verified because its upload holds all of it. What the server has of another
// version of it is given up.
func (u *Uploader) begin(ctx context.Context, item transfer.Item) (draft.File, content.Identity, error) {
	f, err := u.drafts.File(item.Group, item.Name)
	if err != nil {
		return f, content.Identity{}, err
	}
	if p, found := standin.Look(f.Source); found {
		return f, content.Identity{}, placeholderFault(p)
	}
	identity, err := content.Begin(f.Source)
	if err != nil || passing(f, identity) {
		return f, identity, err
	}
	if f.State == draft.Verified && !content.ParseIdentity(f.Identity).Proves(identity) {
		// It is not, while it is being read.
		if f, err = u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) { f.Doubt(draft.Queued) }); err != nil {
			return f, identity, err
		}
	}
	has, identity, err := u.compare(ctx, item, f, identity)
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
			f.Identity = content.EncodeIdentity(identity)
			return
		case nothing:
			f.Forget()
		case some:
			f.Identity, f.Sent = content.EncodeIdentity(identity), ""
		}
		f.State, f.Size, f.SHA256, f.Fault = draft.Uploading, identity.Size, "", fault
	})
	u.NotifySoon(item.Group)
	return f, identity, err
}

// passing reports whether the file is on the server before anybody could see
// that it is being sent, and nothing about it has to be put right: only how it
// ends is written down.
func passing(f draft.File, identity content.Identity) bool {
	return f.State == draft.Queued && f.Size == identity.Size && f.Size <= small &&
		f.Upload == "" && f.Resume == "" && f.SHA256 == "" && f.Fault == draft.Fault{}
}

func (u *Uploader) transmit(ctx context.Context, item transfer.Item, f draft.File, identity content.Identity, sent func(int64)) (tus.Result, error) {
	_, uploads, err := u.session.Server()
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
		if digest, err = u.knownDigest(ctx, item, f.Source, identity); err != nil {
			return tus.Result{}, err
		}
	}
	if digest != "" {
		metadata["sha256"] = digest
	}
	note := func(change func(*draft.File, *resume)) error {
		_, err := u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
			f.Identity = content.EncodeIdentity(identity)
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
			u.NotifySoon(item.Group)
		},
		Created: func(url string) error {
			if identity.Size <= Inline && digest == "" {
				// All of it is there with the creation, and the digests are
				// compared next: one write to the disk for both.
				return nil
			}
			return note(func(f *draft.File, r *resume) { f.Upload, r.Parts = path.Base(url), nil })
		},
		Parts: func(parts []tus.Part) error {
			return note(func(_ *draft.File, r *resume) { r.Parts = parts })
		},
		Checkpoint: func(c tus.Checkpoint) {
			// Without it the file is read again, which is no reason to stop.
			if err := note(func(_ *draft.File, r *resume) { r.Checkpoint = c }); err != nil && !IsNoFile(err) {
				u.options.Log.Warn("how far a file was read is not stored", "order", item.Group, "error", err)
			}
		},
	})
}

// inline is the size up to which a file travels with the creation of its
// upload.
const Inline = 1 << 20

// small is the size up to which a file is sent in no time.
const small = 64 << 10

// waitAgain notes that an upload was stopped and is no longer being sent.
func (u *Uploader) waitAgain(item transfer.Item) error {
	f, err := u.drafts.File(item.Group, item.Name)
	if err == nil && f.State == draft.Uploading {
		_, err = u.drafts.UpdateFile(item.Group, item.Name, func(f *draft.File) {
			if f.State == draft.Uploading {
				f.State = draft.Queued
			}
		})
	}
	if IsNoFile(err) {
		return nil
	}
	return err
}

// forget gives an upload up that holds other bytes than the file.
func (u *Uploader) forget(item transfer.Item, url string) error {
	_, err := u.drafts.UpdateFile(item.Group, item.Name, (*draft.File).Forget)
	if err == nil {
		err = u.drafts.Abandon(path.Base(url)) // the draft may not have named it yet
	}
	return err
}

// stopLeftovers notes that nothing is being sent. A program that was killed
// could not.
func (u *Uploader) stopLeftovers() error {
	open, err := u.openFiles()
	if err != nil {
		return err
	}
	for item, f := range open {
		if f.State != draft.Uploading {
			continue
		}
		if err := u.waitAgain(item); err != nil {
			return err
		}
	}
	return nil
}

// resumeUploads goes on with what was not finished the last time.
func (u *Uploader) ResumeAll() error {
	return u.DESK.EachDraft(func(dr draft.Draft) error {
		u.Enqueue(dr.Order, slices.DeleteFunc(dr.Files, func(f draft.File) bool {
			left := f.Origin == draft.FromFolder && u.folder.current/*F*/.Load() != nil // until the folder was looked at
			return left || f.State == draft.Verified || f.State == draft.Problem && f.Fault.Code != problem.CodePlaceholder
		})...)
		return nil
	})
}

// uploadURL is where the upload with the ID is. Drafts keep the ID alone,
// since a server may get another address.
func (s *Session) UploadURL(id string) string {
	info, _ := s.Current()
	return info.Server + "/uploads/" + id
}
