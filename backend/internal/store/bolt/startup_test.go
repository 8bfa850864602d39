package bolt_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"handover/backend"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

const manyOrders = 100_000

// BenchmarkStart is the time from the start of a server with 100,000 orders to
// its first answer that it is ready; metrics is one look at them.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	filled(b, filepath.Join(dir, "handover.db"), manyOrders).Close()
	start := func(b *testing.B) *backend.Server {
		s, err := backend.StartLocal(backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		look(b, s.URL()+"/readyz")
		return s
	}
	b.Run("ready", func(b *testing.B) {
		for b.Loop() {
			start(b).Close(context.Background())
		}
	})
	b.Run("metrics", func(b *testing.B) {
		s := start(b)
		defer s.Close(context.Background())
		for b.Loop() {
			look(b, s.URL()+"/metrics")
		}
	})
	b.Run("check", func(b *testing.B) {
		s := start(b)
		defer s.Close(context.Background())
		for b.Loop() {
			if report, err := s.Check(b.Context()); err != nil || report.Orders != manyOrders || len(report.Problems) > 0 {
				b.Fatalf("%v, %v", report, err)
			}
		}
	})
	b.Run("backup", func(b *testing.B) {
		s := start(b)
		defer s.Close(context.Background())
		for b.Loop() {
			if _, err := s.Backup(b.Context(), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkMigrate is the start after an update, from the first format.
func BenchmarkMigrate(b *testing.B) {
	path := filepath.Join(b.TempDir(), "handover.db")
	s := filled(b, path, manyOrders)
	for b.Loop() {
		b.StopTimer()
		if err := s.MakeFormat1(); err != nil {
			b.Fatal(err)
		}
		s.Close()
		b.StartTimer()
		var err error
		if s, err = bolt.Open(path); err != nil {
			b.Fatal(err)
		}
	}
	s.Close()
}

func look(b *testing.B, url string) {
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s, %v", resp.Status, err)
	}
}
