package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/memorylocker"

	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Ledger keeps the record of finished uploads.
type Ledger interface {
	// FinishUploads records finished uploads in one go, durably when it
	// returns. Doing it again for the same ID changes nothing and is no error.
	FinishUploads(ctx context.Context, us []order.Upload) error
	// DropUpload forgets a record. It refuses with order.Conflict when a
	// delivery names the upload; having no record is no error.
	DropUpload(ctx context.Context, id string) error
	// UploadWith returns a record of the seller's with this SHA-256 and size,
	// other than the one with the ID not, or an error with the code
	// order.NotFound.
	UploadWith(ctx context.Context, sellerID, sha256 string, size int64, not string) (order.Upload, error)
	// StoredBytes returns how much content the records of a seller have, each
	// digest counted once.
	StoredBytes(ctx context.Context, sellerID string) (int64, error)
	// Upload returns the record, or an error with the code order.NotFound.
	Upload(ctx context.Context, id string) (order.Upload, error)
}

// Gate decides who may upload.
type Gate interface {
	// SellerOf returns the account that makes the request. Any error is
	// answered with 401.
	SellerOf(r *http.Request) (string, error)
	// MayUpload returns nil when the order is the seller's and can be delivered
	// now, and otherwise an error with the code order.NotFound or
	// order.Conflict.
	MayUpload(ctx context.Context, sellerID, orderID string) error
}

// BasePath is the path below which a [Service] answers.
const BasePath = "/uploads/"

// DefaultAbandonedAfter is how long an upload may rest before it is removed.
const DefaultAbandonedAfter = 7 * 24 * time.Hour

// Config is what a [Service] needs. Everything up to Log is required.
type Config struct {
	// Dir is where the files lie, or with a Bucket only what waits to be sent to
	// it; created when missing.
	Dir         string
	MaxFileSize int64 // bytes, inclusive
	Ledger      Ledger
	Gate        Gate
	Log         *slog.Logger

	// Bucket keeps all content and the infos of unfinished uploads; nil for the
	// folder. Other services may use it too, with Lock.
	Bucket *bucket.Location
	// Owner names the records that the content belongs to: a service with another
	// does not open it. "": nobody looks.
	Owner string

	Now func() time.Time // nil: time.Now
	// PublicURL returns what addresses of this server begin with, as clients
	// see it; nil when only the host of a request tells.
	PublicURL func() string

	// Quota bounds the bytes that one seller's uploads take; content that is
	// there several times counts once. 0: no bound.
	Quota int64
	// AbandonedAfter is how long the janitor waits before it removes what
	// nobody seems to need. 0: 7 days.
	AbandonedAfter time.Duration
	// Reserve is how much of the disk uploads leave free. 0: nothing.
	Reserve int64

	// NetworkTimeout ends a request whose client sends nothing for so long; it
	// also replaces the timeouts of the http.Server while data comes in.
	NetworkTimeout time.Duration // 0: a minute
	// Lock keeps other servers from working on the same upload; nil when there
	// are none. It waits until none has the lock or ctx ends. asked is called when
	// another server wants it or it was lost. check returns an error for a lock
	// that another server may have.
	Lock func(ctx context.Context, id string, asked func()) (check func(context.Context) error, release func(), err error)
	// LockTimeout is how long a request waits for another one that works on the
	// same upload, before it is answered with 423.
	LockTimeout time.Duration // 0: 20 seconds
	// LockGrace is how long a request that has to give up its lock continues to
	// read: the socket still has what a killed client has sent.
	LockGrace time.Duration // 0: half a second
	// AssemblyPatience is how long a request waits for a final upload to be put
	// together before it is answered without an Upload-Offset.
	AssemblyPatience time.Duration // 0: 10 seconds
}

// Service takes in uploads. It is safe for concurrent use. No two processes may
// have the same folder open; a bucket they may share.
type Service struct {
	Config
	infos    content.Infos
	reader   content.Reader
	writer   content.Writer
	upkeep   content.Housekeeping
	tus      http.Handler
	locker   locker
	buffers  content.Buffers
	open     openUploads
	records  content.Group[order.Upload] // that wait for the ledger
	finals   sync.Mutex                  // held while a final upload is made
	sweeping sync.Mutex                  // held while the janitor works

	closing context.Context
	close   context.CancelFunc
	mu      sync.Mutex // orders the start of requests against Close
	running sync.WaitGroup
	// assemblies are the final uploads that are being put together, by ID.
	assemblies map[string]*assembly
}

// Open prepares the folder and returns the service. It cuts off what no client
// was told of, removes what is left of uploads that never came to be, and
// reports to the ledger what is whole but not recorded; when the ledger refuses
// one of these, that is logged and tried again when the client asks for it.
func Open(c Config) (*Service, error) {
	if c.MaxFileSize <= 0 {
		return nil, errors.New("open uploads: there is no limit on the size of a file")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.AbandonedAfter == 0 {
		c.AbandonedAfter = DefaultAbandonedAfter
	}
	if c.AssemblyPatience == 0 {
		c.AssemblyPatience = 10 * time.Second
	}
	if c.LockGrace == 0 {
		c.LockGrace = 500 * time.Millisecond
	}
	s := &Service{
		Config: c, assemblies: map[string]*assembly{},
		open: openUploads{byID: map[string]content.Info{}, bySeller: map[string]int64{}},
	}
	s.locker = locker{memorylocker.New(), s.LockGrace, &s.running, newShared(s.Lock)}
	s.records.Act = s.record
	s.closing, s.close = context.WithCancel(context.Background())
	tus, err := s.newHandler()
	if err != nil {
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	s.tus = tus
	if err := s.openStore(); err != nil {
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	if err := s.begin(); err != nil {
		s.Close()
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	return s, nil
}

// closePatience is how long a service that closes waits for its store.
const closePatience = 5 * time.Second

// Close interrupts running uploads, keeps what they have received, and returns
// when all requests are done. Requests that come later are answered with 503.
// Call it before http.Server.Shutdown, which waits for running uploads but does
// not end them.
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

// enter reports whether a request may start; the caller calls running.Done.
func (s *Service) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Err() != nil {
		return false
	}
	s.running.Add(1)
	return true
}

// OpenFile opens the content of a finished upload for reading. For any other ID
// it returns an error with the code order.NotFound. The caller closes the file.
func (s *Service) OpenFile(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	if !content.ValidID(id) {
		return nil, content.NotFound()
	}
	if err := s.finished(ctx, id); err != nil {
		return nil, err
	}
	f, err := s.reader.Open(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, content.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("open upload %s: %w", id, err)
	}
	return f, nil
}

// finished returns nil when the upload is, or an error with the code
// order.NotFound. The ledger is nearer than a remote store.
func (s *Service) finished(ctx context.Context, id string) error {
	if s.upkeep.Remote() {
		_, err := s.Ledger.Upload(ctx, id)
		if content.IsNotFound(err) {
			return content.NotFound()
		}
		return err
	}
	in, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	if !in.Whole() {
		return content.NotFound()
	}
	return nil
}

// Check reads a finished upload again and says what is wrong with it: that it
// is missing, or has another size or SHA-256 than the record.
func (s *Service) Check(ctx context.Context, u order.Upload) error {
	if !content.ValidID(u.ID) {
		return fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	f, err := s.reader.Open(ctx, u.ID)
	if err != nil {
		return fmt.Errorf("upload %s: %w", u.ID, err)
	}
	defer f.Close()
	return s.buffers.Verify(ctx, u, f)
}
