package folder

import (
	"context"
	"os"
	"strings"
	"time"

	"handover/backend/internal/upload/content"
)

// Recover implements [content.Housekeeping]. It reads only the names of the files.
func (d *Store) Recover(context.Context) ([]content.Found, error) {
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return nil, err
	}
	var found []content.Found
	var data []string
	known := make(map[string]bool)
	for _, e := range entries {
		id, ext, _ := strings.Cut(e.Name(), ".")
		if !content.ValidID(id) {
			continue // not a file of an upload
		}
		switch "." + ext {
		case tempExt, linkExt:
			if err := remove(d.name(id, "."+ext)); err != nil {
				return nil, err
			}
		case infoExt:
			found, known[id] = append(found, content.Found{ID: id}), true
		case doneExt:
			known[id] = true
		case dataExt:
			data = append(data, id)
		}
	}
	for _, id := range data {
		if !known[id] {
			found = append(found, content.Found{ID: id, Orphan: true})
		}
	}
	return found, nil
}

// Restore implements [content.Housekeeping].
func (d *Store) Restore(in content.Info, commit func(content.Info) error) (content.Info, error) {
	in, err := (&run{d: d, in: in, commit: commit}).recoverTail()
	if err != nil {
		return in, err
	}
	if in.TouchedAt.IsZero() { // written by an earlier version
		in.TouchedAt = touchedAt(d.name(in.ID, infoExt), in)
	}
	return in, nil
}

// touchedAt returns the time of the last change of the info file, or of the upload's
// creation.
func touchedAt(info string, in content.Info) time.Time {
	st, err := os.Stat(info)
	if err != nil {
		return in.CreatedAt
	}
	return st.ModTime()
}

// Mend implements [content.Housekeeping]. A crash does not lose bytes, but a failing disk
// may.
func (d *Store) Mend(in content.Info) (content.Info, error) {
	size, err := d.Size(in.ID)
	if err != nil || size >= in.Offset {
		return in, err
	}
	in.Offset, in.HashState, in.SHA256, in.CRC32 = size, nil, "", ""
	return in, nil
}
