// Package backend is Handover's server: orders, uploads and the buyer's review
// page, on one data folder.
package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"handover/backend/internal/account"
	"handover/backend/internal/activity"
	"handover/backend/internal/admin"
	"handover/backend/internal/deadline"
	"handover/backend/internal/httpapi"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/delivered"
	"handover/backend/internal/notify"
	"handover/backend/internal/placement"
	"handover/backend/internal/secret"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/upload"
	"handover/backend/order"
	"handover/backend/thumbnail"
)

// Version is the version of the programs.
const Version = "0.1.0"

// DefaultURL is the address of a server with default settings.
const DefaultURL = "http://127.0.0.1:8080"

// ErrInUse is returned by [New] when another program has the data open.
var ErrInUse = bolt.ErrInUse

// Config has the places of the data and the rules.
type Config struct {
	Dir string // of all data that has no other place; created if missing
	// Database is the address (postgres://…) of a PostgreSQL database for the
	// records, which other servers may use too; "" for a file in Dir. It may
	// contain a password: do not log it.
	Database string
	// Storage is the address (s3://…) of a bucket for the content of all files,
	// which other servers may use too; "" for a folder in Dir.
	Storage string
	// StorageTemp bounds the bytes in Dir that wait to be sent to Storage; 0 for
	// no bound. StorageRedirect redirects downloads of single files to Storage.
	StorageTemp     int64
	StorageRedirect bool
	Policy          order.Policy
	// PublicURL is the address of the server in links; by default the address
	// it listens on.
	PublicURL string
	// TrustProxy means that every request comes through a proxy that writes the
	// client's address into X-Forwarded-For.
	TrustProxy bool
	// PublicMetrics allows other computers to read /metrics.
	PublicMetrics bool
	// Quota bounds the bytes of one seller's uploads, and Reserve is the free
	// space, in bytes, that uploads leave on the disk; 0 for neither.
	Quota, Reserve int64
	// AbandonedAfter is how long an upload may get no data before it is
	// removed; 0 for 7 days.
	AbandonedAfter time.Duration
	Pages          fs.FS // the built buyer's page; nil when the server was built without it
	Notices        Notices
	Log            *slog.Logger
	Now            func() time.Time // nil for the system's clock
}

// Server is an open server. Only one can have a data folder open.
type Server struct {
	config    Config
	records   store.Records
	db        io.Closer    // the store of records
	unlock    func() error // the data folder
	accounts  *account.Service
	placement placement.Service
	access    access.Authorizer
	files     *upload.Service
	secret    secret.Secret
	// thumbnails makes the pictures for pages and e-mails.
	thumbnails *thumbnail.Maker
	activity   *activity.Recorder // from Start on
	notices    *notify.Service

	http    *http.Server
	control *http.Server
	cancel  context.CancelFunc
	closing chan struct{}
	running sync.WaitGroup
}

// New opens the data. The server answers requests after [Server.Start]; the
// operator's methods work before it too. The caller closes the server.
func New(c Config) (*Server, error) {
	if c.Now == nil {
		c.Now = func() time.Time { return time.Now().UTC() }
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	records, db, unlock, err := openStore(c)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, records: records, db: db, unlock: unlock, closing: make(chan struct{}), thumbnails: thumbnail.New(thumbnails)}
	if err := s.assemble(); err != nil {
		return nil, errors.Join(err, db.Close(), unlock())
	}
	return s, nil
}

// secretFile has the secret of review links and receipts.
const secretFile = "secret.key"

func (s *Server) assemble() (err error) {
	c := s.config
	if s.secret, err = secret.Open(filepath.Join(c.Dir, secretFile)); err != nil {
		return err
	}
	if err := s.agreeOnSecret(context.Background()); err != nil {
		return err
	}
	if s.accounts, err = account.New(s.records.Accounts, c.Now); err != nil {
		return err
	}
	s.placement = placement.Service{Store: s.records.Orders, Links: s.secret, Now: c.Now, PublicURL: s.URL}
	if s.notices, err = s.newNotices(); err != nil {
		return err
	}
	s.access = access.Authorizer{Store: s.records, Accounts: s.accounts, Links: s.placement, Policy: c.Policy, Now: c.Now}
	uploads := upload.Config{
		MaxFileSize: c.Policy.MaxFileSize,
		Ledger:      s.records.Uploads, Gate: s.access, Log: c.Log, Now: c.Now, PublicURL: s.URL,
		Quota: c.Quota, Reserve: c.Reserve, AbandonedAfter: c.AbandonedAfter,
	}
	if uploads.Owner, err = s.identity(context.Background()); err != nil {
		return err
	}
	if db, shared := s.db.(locks); shared {
		uploads.Lock = db.Lock
	}
	s.files, err = openUploads(c, uploads)
	return err
}

// Start answers requests on the listener, which it then owns, and applies deadlines
// of orders until [Server.Close].
func (s *Server) Start(l net.Listener) error {
	if s.config.PublicURL == "" {
		s.config.PublicURL = "http://" + l.Addr().String()
	}
	if err := s.rememberURL(); err != nil {
		l.Close()
		return err
	}
	s.activity = activity.New(s.records.Orders, s.config.Policy, s.config.Log)
	var redirect delivered.Redirect
	if s.config.Storage != "" && s.config.StorageRedirect {
		redirect = s.files.Address
	}
	screens, err := s.thumbnails.Renditions(filepath.Join(s.config.Dir, renditionsDir), mostRenditions)
	if err != nil {
		l.Close()
		return err
	}
	handler := httpapi.New(httpapi.Config{
		Redirect:   redirect,
		Authorizer: s.access, Placement: s.placement, Profile: s.accounts, TrustProxy: s.config.TrustProxy,
		PublicURL: s.URL(), ReceiptKey: s.secret.ReceiptKey(), Activity: s.activity, Files: s.files, Uploads: s.files,
		Thumbnails: s.thumbnails, Renditions: renditions{screens}, Pages: s.config.Pages,
		Secure: strings.HasPrefix(s.URL(), "https:"), Meter: s.meter(), PublicMetrics: s.config.PublicMetrics,
		Ready: func() error { return s.files.Ready(s.config.Reserve) }, Version: Version, Log: s.config.Log, Closing: s.closing,
	})
	commands, err := admin.Listen(s.config.Dir)
	if err != nil {
		l.Close()
		return err
	}
	if err := s.notices.Start(context.Background()); err != nil {
		return errors.Join(err, l.Close(), commands.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.http = &http.Server{Handler: handler, ReadHeaderTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute}
	s.control = &http.Server{Handler: admin.Handler(s), ReadHeaderTimeout: 20 * time.Second}
	due := struct {
		store.Deadlines
		store.EventLog
	}{s.records.Deadlines, s.records.EventLog}
	s.running.Go(func() { deadline.Run(ctx, due, s.config.Policy, s.config.Now, s.config.Log) })
	s.running.Go(func() { s.accounts.Run(ctx, s.config.Log) })
	s.running.Go(func() { s.files.Janitor.Run(ctx, s.shelf(), nil) })
	s.running.Go(func() { s.serve(s.http, l) })
	s.running.Go(func() { s.serve(s.control, commands) })
	return nil
}

func (s *Server) serve(server *http.Server, l net.Listener) {
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.config.Log.Error("stopped answering", "address", l.Addr().String(), "error", err)
	}
}

// urlFile keeps the public address of the last start, for review links of
// orders that are placed while the server is down.
const urlFile = "public-url"

func (s *Server) rememberURL() error {
	err := os.WriteFile(filepath.Join(s.config.Dir, urlFile), []byte(s.config.PublicURL), 0o600)
	if err != nil {
		return fmt.Errorf("remember the public address: %w", err)
	}
	return nil
}

// URL returns the address of the server in links: as configured, or that of the last
// start.
func (s *Server) URL() string {
	if s.config.PublicURL != "" {
		return strings.TrimRight(s.config.PublicURL, "/")
	}
	last, err := os.ReadFile(filepath.Join(s.config.Dir, urlFile))
	if err != nil {
		return DefaultURL
	}
	return strings.TrimRight(string(last), "/")
}

// Close waits for running requests until the context ends, aborts the others, and
// closes the data. Aborted uploads keep the received bytes.
func (s *Server) Close(ctx context.Context) error {
	close(s.closing)
	errs := []error{s.files.Close()}
	if s.http != nil {
		s.cancel()
		for _, server := range []*http.Server{s.http, s.control} {
			if err := server.Shutdown(ctx); err != nil {
				errs = append(errs, server.Close())
			}
		}
		s.running.Wait()
	}
	if s.activity != nil {
		s.activity.Close() // after the last download began
	}
	s.notices.Close(ctx)
	return errors.Join(append(errs, s.db.Close(), s.unlock())...)
}

// StartLocal opens and starts a server that only this computer can reach, on a
// free port.
func StartLocal(c Config) (*Server, error) {
	s, err := New(c)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.Close(context.Background()))
	}
	if err := s.Start(l); err != nil {
		return nil, errors.Join(err, s.Close(context.Background()))
	}
	return s, nil
}
