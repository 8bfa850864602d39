package tus_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"go.uber.org/goleak"
	"golang.org/x/exp/slog"

	"handover/app/internal/content"
	"handover/app/internal/tus"
)

// discard is for servers that have faults on purpose.
var discard = log.New(io.Discard, "", 0)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fault handles one request in tusd's place; next is tusd.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// server is a stock tusd on the loopback network with a place for faults
// before it. It notes every request as "METHOD" or, for PATCH, "PATCH offset".
type server struct {
	*httptest.Server
	dir string

	mu     sync.Mutex
	faults map[string][]fault
	log    []string
	auth   []string
}

// tusdHandler is a stock tusd over dir that answers at /files/.
func tusdHandler(t testing.TB, dir string) http.Handler {
	t.Helper()
	composer := handler.NewStoreComposer()
	filestore.New(dir).UseIn(composer)
	composer.UseLocker(calmLocker{memorylocker.New()})
	h, err := handler.NewHandler(handler.Config{
		BasePath: "/files/", StoreComposer: composer, MaxSize: 1 << 30,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		// For so long each request leaves a goroutine behind, and goleak waits.
		GracefulRequestCompletionTimeout: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return http.StripPrefix("/files/", h)
}

// calmLocker asks no request to give its lock up. The handler does not guard
// what being asked touches, which is a data race of its own.
type calmLocker struct{ handler.Locker }

func (l calmLocker) NewLock(id string) (handler.Lock, error) {
	lock, err := l.Locker.NewLock(id)
	return calmLock{of: lock}, err
}

type calmLock struct{ of handler.Lock }

func (l calmLock) Lock(ctx context.Context, _ func()) error { return l.of.Lock(ctx, func() {}) }

func (l calmLock) Unlock() error { return l.of.Unlock() }

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{dir: t.TempDir(), faults: map[string][]fault{}}
	tusd := tusdHandler(t, s.dir)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.note(r); f != nil {
			f(w, r, tusd)
			return
		}
		tusd.ServeHTTP(w, r)
	}))
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *server) note(r *http.Request) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry := r.Method
	if r.Method == http.MethodPatch {
		entry += " " + r.Header.Get("Upload-Offset")
	}
	s.log = append(s.log, entry)
	s.auth = append(s.auth, r.Header.Get("Authorization"))
	queue := s.faults[r.Method]
	if len(queue) == 0 {
		return nil
	}
	s.faults[r.Method] = queue[1:]
	return queue[0]
}

// on sets the faults of the next requests with method; nil lets one through.
func (s *server) on(method string, faults ...fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// requests returns what was asked so far and forgets it.
func (s *server) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := strings.Join(s.log, ", ")
	s.log = nil
	return all
}

// stored is the file in which tusd keeps the upload's content.
func (s *server) stored(url string) string { return filepath.Join(s.dir, filepath.Base(url)) }

// client returns one that does not wait between attempts.
func (s *server) client(t testing.TB, change ...func(*tus.Config)) *tus.Client {
	t.Helper()
	return newClient(t, s.URL+"/files/", change...)
}

func newClient(t testing.TB, endpoint string, change ...func(*tus.Config)) *tus.Client {
	t.Helper()
	hc := tus.NewHTTPClient()
	t.Cleanup(hc.CloseIdleConnections)
	cfg := tus.Config{Endpoint: endpoint, HTTP: hc, Delays: []time.Duration{0}}
	for _, f := range change {
		f(&cfg)
	}
	c, err := tus.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refuse answers in the server's name with a status and, optionally, a body and
// header pairs.
func refuse(status int, body string, header ...string) fault {
	return foreign(status, body, append(header, "Tus-Resumable", "1.0.0")...)
}

// foreign is an answer of something on the way to the server.
func foreign(status int, body string, header ...string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// cut lets n bytes of content through to tusd and then breaks the connection.
func cut(n int64) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r.Body, n), broken{}), r.Body}
		lose(w, r, next)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// lose has tusd do the work and breaks the connection instead of answering.
func lose(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(mute{w, http.Header{}}, r)
	panic(http.ErrAbortHandler)
}

// mute throws away what is written to it.
type mute struct {
	real   http.ResponseWriter
	header http.Header
}

func (m mute) Header() http.Header         { return m.header }
func (m mute) Write(p []byte) (int, error) { return len(p), nil }
func (m mute) WriteHeader(int)             {}
func (m mute) Unwrap() http.ResponseWriter { return m.real }

// first does something before tusd sees the request.
func first(do func()) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		do()
		next.ServeHTTP(w, r)
	}
}

// adding has tusd answer, with one more header field.
func adding(name, value string) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		w.Header().Set(name, value)
		next.ServeHTTP(w, r)
	}
}

// repeat is n times the same fault.
func repeat(n int, f fault) []fault {
	all := make([]fault, n)
	for i := range all {
		all[i] = f
	}
	return all
}

// writeFile makes a file of n bytes, the same ones each time.
func writeFile(t testing.TB, n int) (tus.Source, []byte) {
	t.Helper()
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(content)
	path := filepath.Join(t.TempDir(), "work.bin")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return identified(t, path), content
}

func identified(t testing.TB, path string) tus.Source {
	t.Helper()
	id, err := content.Begin(path)
	if err != nil {
		t.Fatal(fmt.Errorf("identify: %w", err))
	}
	return tus.Source{Path: path, Identity: id}
}
