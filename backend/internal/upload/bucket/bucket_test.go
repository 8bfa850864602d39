package bucket_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/content/contenttest"
	"handover/backend/internal/upload/s3test"
)

// storage is the S3 service of all tests.
var storage s3test.Service

func TestMain(m *testing.M) {
	code := m.Run()
	if err := storage.Stop(); err != nil {
		slog.Error("stop the storage", "error", err)
		code = 1
	}
	os.Exit(code)
}

func TestContract(t *testing.T) {
	for name, partSize := range map[string]int64{"one part": 16 << 20, "several parts": 5 << 20} {
		t.Run(name, func(t *testing.T) {
			contenttest.Run(t, func(t *testing.T) contenttest.Store {
				b := storage.Bucket(t)
				s, err := bucket.Open(bucket.Config{
					Location: bucket.Location{Name: b.Name, Endpoint: b.Endpoint, Region: s3test.Region},
					Dir:      t.TempDir(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
				})
				if err != nil {
					t.Fatal(err)
				}
				s.PartSize = partSize
				return contenttest.Store{Infos: s, Reader: s, Writer: s, Housekeeping: s}
			})
		})
	}
}
