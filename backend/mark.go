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

// mark is the content of postgresFile in a folder whose records were moved to
// PostgreSQL. boltFile still exists, unchanged since then.
type mark struct {
	Note string       `json:"note"`
	ID   string       `json:"id"` // of the migration, also stored in the database
	From store.Origin `json:"from"`
	// Storage names the bucket with the files, "" when they stayed in the folder.
	Storage string    `json:"storage,omitempty"`
	MovedAt time.Time `json:"moved_at"`
}

const markNote = "The records of this folder were carried over to PostgreSQL. handover.db, and uploads when a storage is named, are as they were then, and no server uses them any more. " +
	"Without this file a server would use them again, and know nothing of what happened since."

// readMark returns the mark in the file, nil when no records were moved.
func readMark(path string) (*mark, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(raw) == 0 {
		return nil, nil
	}
	var m mark
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &m, nil
}

// writeMark makes the file atomically and durably. It does not replace an existing
// file.
func writeMark(path string, m mark) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Create(path, atomicfile.Text(string(raw)+"\n"))
}
