package desk

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/problem"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// Session says who is signed in where. The zero value is nobody.
type Info struct {
	Server string `json:"server"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	// Trial is set for the server inside the program.
	Trial bool `json:"trial,omitempty"`
	// Account says whose orders these are, also when the trial's server gets
	// another address.
	Account string `json:"account,omitempty"`
	// MaxFileSize is the server's limit as last told, in bytes.
	MaxFileSize int64 `json:"max_file_size"`
	// TimeZone is what the server was last told: an IANA name, or "".
	TimeZone string `json:"time_zone,omitempty"`
}

// parts is how many streams one file goes in where one does not fill the line.
const parts = 4

const sessionSetting = "session"

// Session returns who is signed in, and whether the server answered lately.
func (s *Session) Current() (info Info, online bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info, s.online
}

// SignIn signs in at the server. Plain http to another computer is refused
// with problem.CodeInsecure unless insecure allows it.
func (s *Session) SignIn(ctx context.Context, server, email, password string, insecure bool) error {
	server = withScheme(server)
	client, err := api.NewClient(server, "", s.way.once)
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

// withScheme completes an address that was typed without one.
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

// exposed reports whether what is sent to the address can be read on the way.
func exposed(server string) bool {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// adopt makes the session that of the desk.
func (s *Session) adopt(ctx context.Context, info Info, token string) error {
	client, err := api.NewClient(info.Server, token, s.way.once)
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

// connect begins to work with the session's server.
func (s *Session) connect(info Info, token string, online bool) error {
	client, err := api.NewClient(info.Server, token, s.way.session)
	if err != nil {
		return err
	}
	most, err := s.knownRequestSize(info.Server)
	if err != nil {
		return err
	}
	uploads, err := tus.New(tus.Config{
		Endpoint: info.Server + "/uploads/", HTTP: &http.Client{Transport: s.way.session},
		MaxRequest: most, Shrunk: func(most int64) { s.keepRequestSize(info.Server, most) },
		Authorise: func(r *http.Request) error { client.Authorise(r); return nil },
		Pace:      s.uploads.queue/*F*/.Pace, Parts: parts, InlineSize: uploads.Inline, Bundles: true, StallTimeout: s.options.StallTimeout,
	})
	if err != nil {
		return err
	}
	s.orders.Unfollow()
	s.way.gate.Open() // the seller is there, and so may be another way
	if err := s.begin(info, client, uploads, online); err != nil {
		return err
	}
	s.drafts.SetAccount(info.account())
	s.uploads.ReachedServer()
	if s.options.Background {
		s.orders.Follow()
		if err := s.uploads.ResumeAll(); err != nil {
			return err
		}
		if !s.options.SyncLater {
			s.folder.Resume()
		}
	}
	s.bus.Tell(change.State, "")
	s.bus.Tell(change.Orders, "")
	return nil
}

// beginSession makes the session that of the desk, and stores it. The orders of
// another account are forgotten first.
func (s *Session) begin(info Info, client *api.Client, uploads *tus.Client, online bool) error {
	s.told.Lock()
	defer s.told.Unlock()
	before, _ := s.Current()
	if before.account() != info.account() {
		if err := s.drafts.CacheOrders(nil, time.Time{}); err != nil {
			return err
		}
	}
	if before != info {
		if err := s.drafts.PutSetting(sessionSetting, info); err != nil {
			return err
		}
	}
	if err := s.orders.BeginList(info); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info, s.client, s.uploads, s.online = info, client, uploads, online
	return nil
}

// restoreSession goes on with the session of the last time.
func (s *Session) Restore() error {
	var info Info
	err := s.drafts.Setting(sessionSetting, &info)
	s.info = info
	if err != nil || info.Server == "" || info.Trial {
		return err // the server of a trial has to be started first, see ResumeTrial
	}
	token, err := s.tokens.Load()
	if err != nil {
		// A keyring that is locked is no reason not to show the drafts.
		s.options.Log.Warn("the sign-in cannot be read", "error", err)
	}
	return s.connect(info, token, false)
}

// ResumeTrial goes on with the trial of the last time, whose server now
// answers at the address.
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

// SignOut ends the session. Drafts stay on this computer; the work folder is
// watched again after the next sign-in.
func (s *Session) SignOut(ctx context.Context) error {
	client, _, err := s.Server()
	if err != nil && !errors.Is(err, problem.ErrSignedOut) {
		return err
	}
	if client != nil {
		// A server that is away ends the session when it is not used any more.
		if err := client.SignOut(ctx); err != nil {
			s.options.Log.Warn("the server was not told of the sign-out", "error", err)
		}
	}
	s.folder.Pause()
	s.orders.Unfollow()
	s.told.Lock()
	s.mu.Lock()
	s.info, s.client, s.uploads, s.online = Info{}, nil, nil, false
	s.mu.Unlock()
	s.orders.list/*F*/.Reset(nil, nil)
	s.told.Unlock()
	err = errors.Join(s.tokens.Delete(), s.drafts.PutSetting(sessionSetting, Info{}))
	s.bus.Tell(change.State, "")
	s.bus.Tell(change.Folder, "")
	return err
}
