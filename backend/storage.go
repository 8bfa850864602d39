package backend

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"handover/backend/internal/upload"
	"handover/backend/internal/upload/bucket"
	"handover/internal/atomicfile"
)

// DefaultStorageTemp bounds the bytes of uploads in temporary files that wait to be
// sent to the storage.
const DefaultStorageTemp = 1_000_000_000

const (
	// uploadsDir has the content of a server without a storage, and tempDir content
	// that waits to be sent to the storage.
	uploadsDir = "uploads"
	tempDir    = "tmp"
	// storageFile marks a folder whose content is in a bucket, and names the bucket.
	storageFile = "handover.storage"
)

// CheckStorage validates the address of a storage; "" is valid. Its error does not
// repeat the address.
func CheckStorage(address string) error {
	if address == "" {
		return nil
	}
	_, err := bucket.Parse(address)
	return err
}

// openUploads opens the configured place of the content. A folder belongs to one
// place: with another place, the server would not find its files.
func openUploads(c Config, uploads upload.Config) (*upload.Service, error) {
	marker := filepath.Join(c.Dir, storageFile)
	marked, err := os.ReadFile(marker)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("look where the files lie: %w", err)
	}
	elsewhere := strings.TrimSpace(string(marked))
	moved, err := readMark(filepath.Join(c.Dir, postgresFile))
	if err != nil {
		return nil, err
	}
	carried := moved != nil && moved.Storage != ""
	if carried && elsewhere == "" {
		elsewhere = moved.Storage
	}
	if c.Storage == "" {
		if elsewhere != "" {
			return nil, fmt.Errorf("the files of this data folder are in %s; give its address with --storage or HANDOVER_STORAGE", elsewhere)
		}
		uploads.Dir = filepath.Join(c.Dir, uploadsDir)
		return upload.Open(uploads)
	}
	location, err := bucket.Parse(c.Storage)
	if err != nil {
		return nil, err
	}
	if elsewhere != "" && elsewhere != location.String() {
		return nil, fmt.Errorf("the files of this data folder are in %s; %s has others", elsewhere, location)
	}
	if own, err := os.ReadDir(filepath.Join(c.Dir, uploadsDir)); err == nil && len(own) > 0 && !carried {
		return nil, fmt.Errorf("this data folder has files of its own in %s, which a server with a --storage would not find; move them with handover-server migrate", uploadsDir)
	}
	location.Temp = c.StorageTemp
	uploads.Dir, uploads.Bucket = filepath.Join(c.Dir, tempDir), &location
	files, err := upload.Open(uploads)
	if err != nil {
		return nil, err
	}
	if elsewhere == "" {
		if err := atomicfile.Replace(marker, atomicfile.Text(location.String()+"\n")); err != nil {
			return nil, errors.Join(fmt.Errorf("record the storage of the files: %w", err), files.Close())
		}
	}
	return files, nil
}
