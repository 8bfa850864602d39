package upload_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	xslog "golang.org/x/exp/slog"

	"handover/backend/internal/upload"
)

// BenchmarkUpload sends a file of 1 GiB in one PATCH over loopback: to this
// package, which hashes and syncs, and to tusd's own file store, which does
// neither. The ratio of the two is the cost of durability.
func BenchmarkUpload(b *testing.B) {
	const size = 1 << 30
	block := noise(1 << 20)
	for _, peer := range []struct {
		name  string
		serve func(b *testing.B, base string) http.Handler
	}{
		{"handover", handoverHandler},
		{"tusd-filestore", filestoreHandler},
	} {
		b.Run(peer.name, func(b *testing.B) {
			srv := httptest.NewUnstartedServer(nil)
			srv.Config.Handler = peer.serve(b, "http://"+srv.Listener.Addr().String()+"/uploads/")
			srv.Start()
			defer srv.Close()
			b.SetBytes(size)
			for b.Loop() {
				url := send(b, srv, "POST", srv.URL+"/uploads/", nil, 0, "Upload-Length", strconv.Itoa(size), "Upload-Metadata", metadata("logo", "a"))
				body := io.LimitReader(readerFunc(func(p []byte) (int, error) { return copy(p, block), nil }), size)
				send(b, srv, "PATCH", url, body, size, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
				b.StopTimer()
				send(b, srv, "DELETE", url, nil, 0)
				b.StartTimer()
			}
		})
	}
}

func send(b *testing.B, srv *httptest.Server, method, url string, body io.Reader, size int64, header ...string) string {
	b.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		b.Fatal(err)
	}
	req.ContentLength = size
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("Authorization", "Bearer ann")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		b.Fatalf("%s: %s", method, resp.Status)
	}
	location, err := req.URL.Parse(resp.Header.Get("Location"))
	if err != nil {
		b.Fatal(err)
	}
	return location.String()
}

func handoverHandler(b *testing.B, _ string) http.Handler {
	svc, err := upload.Open(upload.Config{
		Dir: b.TempDir(), MaxFileSize: 5_000_000_000, Ledger: newLedger(), Gate: gate{}, Log: slog.Default(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { svc.Close() })
	return svc
}

func filestoreHandler(b *testing.B, base string) http.Handler {
	composer := handler.NewStoreComposer()
	filestore.New(b.TempDir()).UseIn(composer)
	memorylocker.New().UseIn(composer)
	h, err := handler.NewHandler(handler.Config{
		StoreComposer: composer, BasePath: base, GracefulRequestCompletionTimeout: time.Nanosecond,
		Logger: xslog.New(xslog.NewTextHandler(&bytes.Buffer{}, &xslog.HandlerOptions{Level: xslog.LevelError + 1})),
	})
	if err != nil {
		b.Fatal(err)
	}
	return http.StripPrefix("/uploads/", h)
}
