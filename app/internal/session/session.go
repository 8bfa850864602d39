// Package session signs a seller in at a server. It holds the clients of the session,
// and knows whether the server answers.
package session

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"handover/app/internal/account"
	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// Options configure a session.
type Options struct {
	Home   string // data folder, which may hold the sign-in
	Drafts *draft.Store
	Bus    *change.Bus
	Log    *slog.Logger
	// StallTimeout ends an upload on whose connection no byte moves; 0 for a
	// minute.
	StallTimeout time.Duration
	// ForeignDelays are the waits while a proxy answers for the server; nil for
	// the default.
	ForeignDelays []time.Duration
	// Waiting, if not nil, is called with the reason of such a wait whenever the
	// reason changes. It must return soon.
	Waiting func(reason string)
}

// Hooks connect a session to what depends on it.
type Hooks struct {
	// Pace limits the speed of uploads.
	Pace tus.Pace
	// Prepare is called for the next session while no answer can be stored; with
	// the zero Info after a sign-out.
	Prepare func(Info) error
	// Start is called once requests go to the session's server.
	Start func() error
	// Stop is called before the session ends. signOut is false if another one
	// begins at once.
	Stop func(signOut bool)
}

// Session is the connection to the server of the seller who is signed in. Its
// methods may be called from several goroutines.
type Session struct {
	options     Options
	hooks       Hooks
	drafts      *draft.Store
	bus         *change.Bus
	tokens      account.Tokens
	routes      routes
	intercepted intercepted
	// Probes is set while the server has to be probed; see [Session.Probe].
	Probes change.Signal
	// Reached is set when the server answers again.
	Reached change.Signal

	storing sync.Mutex // held while an answer is stored, and while a session begins or ends

	mu      sync.Mutex
	info    Info
	client  *api.Client // nil when signed out
	uploads *tus.Client // nil when signed out
	online  bool
}

// Info says who is signed in at which server. The zero value means signed out.
type Info struct {
	Server string `json:"server"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	// Trial is set for the server inside the program.
	Trial bool `json:"trial,omitempty"`
	// Account identifies the seller's orders, also after the trial's server has
	// moved to another address.
	Account string `json:"account,omitempty"`
	// MaxFileSize is the server's limit in bytes when it was last asked.
	MaxFileSize int64 `json:"max_file_size"`
	// TimeZone is the IANA name that the server knows, or "".
	TimeZone string `json:"time_zone,omitempty"`
}

// Key identifies the seller's account on the server.
func (i Info) Key() string {
	if i.Account != "" {
		return i.Account
	}
	return i.Server + " " + i.Email // stored by an earlier version
}

// parts is the number of streams for one file if one does not fill the line.
const parts = 4

// InlineSize is the size in bytes up to which a file is sent in the request that
// creates its upload.
const InlineSize = 1 << 20

const sessionSetting = "session"

// New returns a signed-out session. Connect comes next.
func New(o Options) *Session {
	return &Session{
		options: o, drafts: o.Drafts, bus: o.Bus, tokens: account.NewTokens(o.Home), routes: newRoutes(o.ForeignDelays),
		Probes: change.NewSignal(), Reached: change.NewSignal(),
	}
}

// Connect sets the hooks and resumes the stored session, if there is one.
func (s *Session) Connect(h Hooks) error {
	s.hooks = h
	return s.restore()
}

// Close closes the idle connections.
func (s *Session) Close() { s.routes.session.CloseIdleConnections() }

// Current returns who is signed in, and whether the server answered the last
// request.
func (s *Session) Current() (info Info, online bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info, s.online
}

// Client returns the client of the session, or problem.ErrSignedOut.
func (s *Session) Client() (*api.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return nil, problem.ErrSignedOut
	}
	return s.client, nil
}

// Uploads returns the client for uploads, or problem.ErrSignedOut.
func (s *Session) Uploads() (*tus.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads == nil {
		return nil, problem.ErrSignedOut
	}
	return s.uploads, nil
}

// SignIn signs in at the server. It refuses plain http to another computer with
// problem.CodeInsecure unless insecure is set.
func (s *Session) SignIn(ctx context.Context, server, email, password string, insecure bool) error {
	server = withScheme(server)
	client, err := api.NewClient(server, "", s.routes.once)
	if err != nil {
		return err
	}
	if !insecure && exposed(server) {
		return &problem.Error{Code: problem.CodeInsecure, Message: "the connection to " + server + " is not encrypted: others could read the password and the files"}
	}
	session, err := client.SignIn(ctx, email, password)
	if err != nil {
		return err
	}
	return s.adopt(ctx, Info{Server: client.Base(), Name: session.Name, Email: session.Email, Account: client.Base() + " " + session.Email}, session.Token)
}

// SignInTrial signs in at the server inside the program.
func (s *Session) SignInTrial(ctx context.Context, server, email, password string) error {
	if err := s.SignIn(ctx, server, email, password, false); err != nil {
		return err
	}
	return s.change(func(info *Info) { info.Trial = true })
}

// withScheme adds the scheme to an address that was typed without one.
func withScheme(server string) string {
	server = strings.TrimSpace(server)
	if server == "" || strings.Contains(server, "://") {
		return server
	}
	if exposed("http://" + server) {
		return "https://" + server
	}
	return "http://" + server
}

// exposed reports whether others can read the requests to the address.
func exposed(server string) bool {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// adopt stores the token and starts the session.
func (s *Session) adopt(ctx context.Context, info Info, token string) error {
	client, err := api.NewClient(info.Server, token, s.routes.once)
	if err != nil {
		return err
	}
	about, err := client.Server(ctx)
	if err != nil {
		return err
	}
	info.MaxFileSize = about.MaxFileSize
	if err := s.tokens.Save(token); err != nil {
		return err
	}
	return s.connect(info, token, true)
}

// connect starts to work with the session's server.
func (s *Session) connect(info Info, token string, online bool) error {
	client, err := api.NewClient(info.Server, token, s.routes.session)
	if err != nil {
		return err
	}
	largest, err := s.knownRequestSize(info.Server)
	if err != nil {
		return err
	}
	uploads, err := tus.New(tus.Config{
		Endpoint: info.Server + "/uploads/", HTTP: &http.Client{Transport: s.routes.session},
		MaxRequest: largest, Shrunk: func(largest int64) { s.storeRequestSize(info.Server, largest) },
		Authorise: func(r *http.Request) error { client.Authorise(r); return nil },
		Pace:      s.hooks.Pace, Parts: parts, InlineSize: InlineSize, Bundles: true, StallTimeout: s.options.StallTimeout,
	})
	if err != nil {
		return err
	}
	s.hooks.Stop(false)
	s.routes.gate.Open() // the network may have changed
	if err := s.begin(info, client, uploads, online); err != nil {
		return err
	}
	s.drafts.SetAccount(info.Key())
	s.Reached.Set()
	if err := s.hooks.Start(); err != nil {
		return err
	}
	s.bus.Tell(change.State, "")
	s.bus.Tell(change.Orders, "")
	return nil
}

// begin stores the session and makes it the current one. It first drops the
// cached orders of another account.
func (s *Session) begin(info Info, client *api.Client, uploads *tus.Client, online bool) error {
	s.storing.Lock()
	defer s.storing.Unlock()
	before, _ := s.Current()
	if before.Key() != info.Key() {
		if err := s.drafts.CacheOrders(nil, time.Time{}); err != nil {
			return err
		}
	}
	if before != info {
		if err := s.drafts.PutSetting(sessionSetting, info); err != nil {
			return err
		}
	}
	if err := s.hooks.Prepare(info); err != nil {
		return err
	}
	s.set(info, client, uploads, online)
	return nil
}

func (s *Session) set(info Info, client *api.Client, uploads *tus.Client, online bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info, s.client, s.uploads, s.online = info, client, uploads, online
}

// restore resumes the stored session.
func (s *Session) restore() error {
	var info Info
	if err := s.drafts.Setting(sessionSetting, &info); err != nil {
		return err
	}
	s.set(info, nil, nil, false)
	if info.Server == "" || info.Trial {
		return nil // the server of a trial has to be started first, see ResumeTrial
	}
	token, err := s.tokens.Load()
	if err != nil {
		// The drafts are still useful while the keyring is locked.
		s.options.Log.Warn("the sign-in cannot be read", "error", err)
	}
	return s.connect(info, token, false)
}

// ResumeTrial resumes the stored trial, whose server is now at the address.
func (s *Session) ResumeTrial(server string) error {
	token, err := s.tokens.Load()
	if err != nil {
		return err
	}
	info, _ := s.Current()
	info.Server = server
	return s.connect(info, token, true)
}

func (s *Session) change(change func(*Info)) error {
	s.mu.Lock()
	change(&s.info)
	info := s.info
	s.mu.Unlock()
	return s.drafts.PutSetting(sessionSetting, info)
}

// SignOut ends the session. Drafts stay on this computer, and the work folder is
// watched again after the next sign-in.
func (s *Session) SignOut(ctx context.Context) error {
	client, err := s.Client()
	if err == nil {
		// An unreachable server ends the session itself after a while.
		if err := client.SignOut(ctx); err != nil {
			s.options.Log.Warn("the server was not told of the sign-out", "error", err)
		}
	}
	s.hooks.Stop(true)
	s.storing.Lock()
	s.set(Info{}, nil, nil, false)
	err = s.hooks.Prepare(Info{})
	s.storing.Unlock()
	err = errors.Join(err, s.tokens.Delete(), s.drafts.PutSetting(sessionSetting, Info{}))
	s.bus.Tell(change.State, "")
	s.bus.Tell(change.Folder, "")
	return err
}

// FileLimit returns the server's limit for one file in bytes, or the highest
// number while the limit is unknown.
func (s *Session) FileLimit() int64 {
	if info, _ := s.Current(); info.MaxFileSize > 0 {
		return info.MaxFileSize
	}
	return 1<<63 - 1
}

// Store calls store with an answer of the client, unless the client's session
// has ended: a late answer must not reach the next seller.
func (s *Session) Store(client *api.Client, store func() error) error {
	s.storing.Lock()
	defer s.storing.Unlock()
	if current, err := s.Client(); err != nil || current != client {
		return problem.ErrSignedOut
	}
	return store()
}

// UploadURL returns the URL of an upload. Drafts store only the ID, because the
// server may move to another address.
func (s *Session) UploadURL(id string) string {
	info, _ := s.Current()
	return info.Server + "/uploads/" + id
}
