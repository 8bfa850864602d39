package upload

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"handover/backend/internal/upload/admission"
	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/bundle"
	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/concat"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/janitor"
	"handover/backend/internal/upload/lock"
	"handover/backend/internal/upload/receive"
)

// Ledger keeps the records of finished uploads.
type Ledger interface {
	catalog.Ledger
	receive.Ledger
	admission.Ledger
}

// Gate authorizes uploads.
type Gate interface {
	// SellerOf returns the account that makes the request. The service answers any
	// error with 401, except store.ErrUnavailable.
	SellerOf(r *http.Request) (string, error)
	admission.Gate
}

// BasePath is the path below which a [Service] answers.
const BasePath = "/uploads/"

// DefaultAbandonedAfter is the default of Config.AbandonedAfter.
const DefaultAbandonedAfter = 7 * 24 * time.Hour

// Config is what a [Service] needs. Everything up to Log is required.
type Config struct {
	// Dir has the files, or with a Bucket only the bytes that wait to be sent to
	// it. Open creates it.
	Dir         string
	MaxFileSize int64 // bytes, inclusive
	Ledger      Ledger
	Gate        Gate
	Log         *slog.Logger

	// Bucket keeps all content and the infos of unfinished uploads; nil for the
	// folder. Other services may use the same bucket, with Lock.
	Bucket *bucket.Location
	// Owner identifies the ledger that the content belongs to. A service with
	// another owner refuses to open the content. "": no check.
	Owner string

	Now func() time.Time // nil: time.Now
	// PublicURL returns the beginning of this server's addresses as clients see
	// them; nil when only the host of a request tells.
	PublicURL func() string

	// Quota bounds the bytes of one seller's uploads; equal content counts once.
	// 0: unlimited.
	Quota int64
	// AbandonedAfter is the age at which the janitor removes unfinished and
	// undelivered uploads. 0: [DefaultAbandonedAfter].
	AbandonedAfter time.Duration
	// Reserve is how many bytes of the disk uploads leave free. 0: none.
	Reserve int64

	// NetworkTimeout ends a request whose client sends nothing for this time. While
	// data arrives, it also replaces the timeouts of the http.Server. 0: a minute.
	NetworkTimeout time.Duration
	// Lock takes the locks that all servers share; nil when this is the only server.
	Lock lock.Shared
	// LockTimeout is how long a request waits for another request with the same
	// upload. It is then answered with 423. 0: [lock.DefaultTimeout].
	LockTimeout time.Duration
	// LockGrace is how long a request continues to read when another request wants
	// its lock. 0: half a second.
	LockGrace time.Duration
	// AssemblyPatience is how long a request waits for the assembly of a final
	// upload. It is then answered without an Upload-Offset. 0: 10 seconds.
	AssemblyPatience time.Duration
}

// Service receives uploads. It is safe for concurrent use. Two processes must not
// have the same folder open, but may share a bucket.
type Service struct {
	Config
	// Janitor removes uploads and files that are no longer needed.
	Janitor *janitor.Janitor

	infos  content.Infos
	reader content.Reader
	writer content.Writer
	upkeep content.Housekeeping

	tus       http.Handler
	locks     *lock.Locks
	catalog   *catalog.Catalog
	admission *admission.Admission
	receiver  *receive.Receiver
	assembler *concat.Assembler
	bundles   *bundle.Receiver
	buffers   content.Buffers

	closing context.Context
	close   context.CancelFunc
	mu      sync.Mutex // orders the start of requests against Close
	running sync.WaitGroup
}

// closePatience is how long Close waits before it interrupts requests to the store.
const closePatience = 5 * time.Second

// Close interrupts running uploads, keeps the bytes that they have received, and
// returns when all requests have ended. Later requests are answered with 503. Call
// it before http.Server.Shutdown, which waits for running uploads without ending
// them.
func (s *Service) Close() error {
	s.mu.Lock()
	s.close()
	s.mu.Unlock()
	patience := time.AfterFunc(closePatience, s.upkeep.Close)
	s.running.Wait()
	if patience.Stop() {
		s.upkeep.Close()
	}
	return nil
}

// enter counts a request, until s.running.Done. It reports false when the service
// closes.
func (s *Service) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Err() != nil {
		return false
	}
	s.running.Add(1)
	return true
}

// Ready returns nil when uploads can be stored: the folder is writable and more than
// reserve bytes of its disk are free, or the bucket answers.
func (s *Service) Ready(reserve int64) error { return s.upkeep.Ready(reserve) }
