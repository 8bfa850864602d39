package upload_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"handover/backend/internal/store/bolt"
	"handover/backend/internal/upload"
)

// BenchmarkSmallFiles sends 5,000 files of 16 KiB in parallel, each in the request that
// creates it: to this package over the real ledger, which hashes, syncs and records each
// file before the answer, and to tusd's own file store, which does none of that.
func BenchmarkSmallFiles(b *testing.B) {
	for _, peer := range []struct {
		name  string
		serve func(b *testing.B, base string) http.Handler
	}{
		{"handover", recordingHandler},
		{"tusd-filestore", filestoreHandler},
	} {
		for _, atOnce := range []int{8, 16, 32} {
			b.Run(peer.name+"-"+strconv.Itoa(atOnce), func(b *testing.B) {
				srv := httptest.NewUnstartedServer(nil)
				srv.Config.Handler = peer.serve(b, "http://"+srv.Listener.Addr().String()+"/uploads/")
				srv.Start()
				defer srv.Close()
				srv.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = atOnce
				for b.Loop() {
					sendSmall(b, srv, 5_000, atOnce)
				}
			})
		}
	}
}

func sendSmall(b *testing.B, srv *httptest.Server, files, atOnce int) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range atOnce {
		wg.Go(func() {
			content := noise(16 << 10)
			for i := range next {
				copy(content, strconv.Itoa(i))
				if _, err := bring(srv.Client(), srv.URL+"/uploads/", content); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
}

func recordingHandler(b *testing.B, _ string) http.Handler {
	dir := b.TempDir()
	ledger, err := bolt.Open(filepath.Join(dir, "handover.db"))
	if err != nil {
		b.Fatal(err)
	}
	svc, err := upload.Open(upload.Config{
		Dir: filepath.Join(dir, "uploads"), MaxFileSize: 5_000_000_000, Ledger: ledger.Uploads, Gate: gate{}, Log: slog.Default(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { svc.Close(); ledger.Close() })
	return svc
}
