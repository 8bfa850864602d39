package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"handover/backend/internal/store"
	"handover/internal/atomicfile"
)

// mark is what postgresFile says in a folder whose records were carried over to
// PostgreSQL. boltFile is still there, as it was then.
type mark struct {
	Note string       `json:"note"`
	ID   string       `json:"id"` // of the migration, which the database knows
	From store.Origin `json:"from"`
	// Storage names the bucket that the files were carried to, "" when they stay.
	Storage string    `json:"storage,omitempty"`
	MovedAt time.Time `json:"moved_at"`
}

const markNote = "The records of this folder were carried over to PostgreSQL. handover.db, and uploads when a storage is named, are as they were then, and no server uses them any more. " +
	"Without this file a server would use them again, and know nothing of what happened since."

// readMark returns what the file says, nil when nothing was carried over.
func readMark(path string) (*mark, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(raw) == 0 {
		return nil, nil
	}
	var m mark
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &m, nil
}

// writeMark makes the file, durably and whole or not at all. It does not replace
// one that is there.
func writeMark(path string, m mark) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Create(path, atomicfile.Text(string(raw)+"\n"))
}
