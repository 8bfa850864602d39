package upload_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	xslog "golang.org/x/exp/slog"
)

// Known deviations of the peers from the protocol, with reasons. A deviation that has
// disappeared fails the test like a new one.
var (
	ourDifferences = map[string]string{
		"core: X-HTTP-Method-Override is the method":                    "a request is authorised by its method; a proxy that looks at methods must see the same",
		"creation: HEAD says metadata that means nothing to the server": "only order and path are kept; the rest would be stored for nothing",
	}
	stockDifferences = map[string]string{
		"core: PATCH of another media type is 415":            "only a SHOULD; it says 400",
		"core: 412 says the versions":                         "Tus-Version is missing",
		"concatenation: an upload that is no part is refused": "it takes any upload for a part",
	}
)

// TestProtocol runs the suite against this package on files, against tusd's own
// file store, and against the server at HANDOVER_TUS_ENDPOINT, if that is set:
// its creation URL; HANDOVER_TUS_AUTHORIZATION and HANDOVER_TUS_METADATA are
// the values of these header fields.
func TestProtocol(t *testing.T) { onEveryStore(t, testProtocol) }

func testProtocol(t *testing.T, newSite newSiteFunc) {
	t.Run("handover", func(t *testing.T) {
		s := newSite(t)
		follow(t, &peer{
			endpoint: s.srv.URL + "/uploads/", header: http.Header{"Authorization": {"Bearer ann"}},
			metadata: metadata("logo", "a"), client: s.srv.Client(),
		}, ourDifferences)
	})
	t.Run("tusd", func(t *testing.T) {
		srv := stockServer(t)
		follow(t, &peer{endpoint: srv.URL + "/uploads/", metadata: metadata("logo", "a"), client: srv.Client()}, stockDifferences)
	})
	if endpoint := os.Getenv("HANDOVER_TUS_ENDPOINT"); endpoint != "" {
		t.Run("endpoint", func(t *testing.T) {
			p := &peer{endpoint: endpoint, header: http.Header{}, metadata: os.Getenv("HANDOVER_TUS_METADATA"), client: &http.Client{Transport: &http.Transport{}}}
			defer p.client.CloseIdleConnections()
			if a := os.Getenv("HANDOVER_TUS_AUTHORIZATION"); a != "" {
				p.header.Set("Authorization", a)
			}
			follow(t, p, nil)
		})
	}
}

func follow(t *testing.T, p *peer, differences map[string]string) {
	left := len(differences)
	for _, r := range protocolRules() {
		reason, known := differences[r.name]
		if known {
			left--
		}
		t.Run(r.name, func(t *testing.T) {
			err := r.check(p)
			switch {
			case known && err == nil:
				t.Errorf("follows the protocol, which was a known difference: %s", reason)
			case known:
				t.Logf("known difference: %s: %v", reason, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	if left != 0 {
		t.Errorf("%d known differences name no rule", left)
	}
}

// stockServer is unmodified tusd over its file store.
func stockServer(t *testing.T) *httptest.Server {
	composer := handler.NewStoreComposer()
	filestore.New(t.TempDir()).UseIn(composer)
	composer.UseLocker(calmLocker{memorylocker.New()})
	h, err := handler.NewHandler(handler.Config{
		StoreComposer: composer, BasePath: "/uploads/", MaxSize: maxSize, GracefulRequestCompletionTimeout: time.Nanosecond,
		Logger: xslog.New(xslog.NewTextHandler(&bytes.Buffer{}, &xslog.HandlerOptions{Level: xslog.LevelError + 1})),
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.StripPrefix("/uploads/", h))
	t.Cleanup(srv.Close)
	return srv
}

// calmLocker asks no request to give its lock up. The handler's reaction to that has a
// data race.
type calmLocker struct{ handler.Locker }

func (l calmLocker) NewLock(id string) (handler.Lock, error) {
	lock, err := l.Locker.NewLock(id)
	return calmLock{of: lock}, err
}

type calmLock struct{ of handler.Lock }

func (l calmLock) Lock(ctx context.Context, _ func()) error { return l.of.Lock(ctx, func() {}) }

func (l calmLock) Unlock() error { return l.of.Unlock() }
