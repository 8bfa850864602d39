package upload

import (
	"context"
	"errors"
	"os"
	"strings"

	"handover/backend/internal/upload/content"
)

// recover brings the folder into order after whatever ended the last run. Of
// the finished uploads it reads no more than the names.
func (d *folder) recover(ctx context.Context) error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	var unfinished, data []string
	known := make(map[string]bool)
	for _, e := range entries {
		id, ext, _ := strings.Cut(e.Name(), ".")
		if !content.ValidID(id) {
			continue // not ours to touch
		}
		switch "." + ext {
		case tempExt, linkExt:
			if err := remove(d.name(id, "."+ext)); err != nil {
				return err
			}
		case infoExt:
			unfinished, known[id] = append(unfinished, id), true
		case doneExt:
			known[id] = true
		case dataExt:
			data = append(data, id)
		}
	}
	// A part whose content went into a final upload lacks nothing.
	for _, id := range unfinished {
		if in, err := d.read(id); err == nil && in.Final() {
			d.s.open.put(in)
		}
	}
	for _, id := range unfinished {
		// One that the disk does not give keeps nobody else from working.
		if err := d.recoverUpload(ctx, id); err != nil {
			d.s.Log.Error("an upload could not be looked at", "upload", id, "error", err)
		}
	}
	for _, id := range data {
		if !known[id] {
			d.recoverData(ctx, id)
		}
	}
	return nil
}

func (d *folder) recoverUpload(ctx context.Context, id string) error {
	in, err := d.read(id)
	if errors.Is(err, content.ErrDamaged) {
		if _, err := d.s.recoverDamaged(ctx, id, err); err != nil && !errors.Is(err, content.ErrDamaged) {
			d.s.Log.Error("a damaged upload stays as it is", "upload", id, "error", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if in, err = d.s.caughtUp(ctx, in); err != nil {
		return err
	}
	if in.Recorded {
		return d.markDone(in)
	}
	if in, err = d.recoverTail(in); err != nil {
		return err
	}
	if in, err = d.mend(in); err != nil {
		return err
	}
	if in.TouchedAt.IsZero() { // written by a version that did not note it
		in.TouchedAt = in.CreatedAt
		if st, err := os.Stat(d.name(id, infoExt)); err == nil {
			in.TouchedAt = st.ModTime()
		}
	}
	d.s.open.put(in)
	if in.Final() {
		d.s.assemble(id) // goes on beside the requests
		return nil
	}
	if in.Whole() && !in.Partial {
		u := &stored{s: d.s, in: in}
		if err := u.finish(ctx); err != nil {
			d.s.Log.Error("an upload is whole but could not be recorded", "upload", id, "error", err)
		}
	}
	return nil
}

// mend takes the offset back to what is there when bytes are missing, which
// no crash of ours does but a failing disk may. What the ledger has recorded is
// never opened for writing again; the integrity check reports it. A part may
// have given its content away.
func (d *folder) mend(in content.Info) (content.Info, error) {
	size, err := d.size(in.ID)
	if err != nil || in.Recorded || size >= in.Offset || d.s.open.usedBy(in.ID) != "" {
		return in, err
	}
	d.s.Log.Warn("an upload has lost bytes and goes on from what is there", "upload", in.ID, "offset", in.Offset, "left", size)
	in.Offset, in.HashState, in.SHA256, in.CRC32 = size, nil, "", ""
	return in, nil
}

// recoverData handles content without an info. The ledger has the upload when
// it came in one request; otherwise these are the remains of a termination, or
// of a request that nobody got an answer to.
func (d *folder) recoverData(ctx context.Context, id string) {
	_, err := d.s.Ledger.Upload(ctx, id)
	if content.IsNotFound(err) {
		err = d.s.erase(id)
	}
	if err != nil {
		d.s.Log.Error("content without an upload stays", "upload", id, "error", err)
	}
}
