package folder_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"handover/backend/internal/upload/content/contenttest"
	"handover/backend/internal/upload/folder"
)

func TestContract(t *testing.T) {
	contenttest.Run(t, func(t *testing.T) contenttest.Store {
		d, err := folder.Open(folder.Config{Dir: filepath.Join(t.TempDir(), "uploads"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return contenttest.Store{Infos: d, Reader: d, Writer: d, Housekeeping: d}
	})
}
