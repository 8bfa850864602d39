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
type Session struct {
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
func (d *Desk) Session() (s Session, online bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.session, d.online
}

// SignIn signs in at the server. Plain http to another computer is refused
// with problem.CodeInsecure unless insecure allows it.
func (d *Desk) SignIn(ctx context.Context, server, email, password string, insecure bool) error {
	server = withScheme(server)
	client, err := api.NewClient(server, "", d.way.once)
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
	return d.adopt(ctx, Session{Server: client.Base(), Name: session.Name, Email: session.Email, Account: client.Base() + " " + session.Email}, session.Token)
}

// SignInTrial signs in at the server inside the program.
func (d *Desk) SignInTrial(ctx context.Context, server, email, password string) error {
	if err := d.SignIn(ctx, server, email, password, false); err != nil {
		return err
	}
	return d.changeSession(func(s *Session) { s.Trial = true })
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
func (d *Desk) adopt(ctx context.Context, s Session, token string) error {
	client, err := api.NewClient(s.Server, token, d.way.once)
	if err != nil {
		return err
	}
	about, err := client.Server(ctx)
	if err != nil {
		return err
	}
	s.MaxFileSize = about.MaxFileSize
	if err := d.tokens.Save(token); err != nil {
		return err
	}
	return d.connect(s, token, true)
}

// connect begins to work with the session's server.
func (d *Desk) connect(s Session, token string, online bool) error {
	client, err := api.NewClient(s.Server, token, d.way.session)
	if err != nil {
		return err
	}
	most, err := d.knownRequestSize(s.Server)
	if err != nil {
		return err
	}
	uploads, err := tus.New(tus.Config{
		Endpoint: s.Server + "/uploads/", HTTP: &http.Client{Transport: d.way.session},
		MaxRequest: most, Shrunk: func(most int64) { d.keepRequestSize(s.Server, most) },
		Authorise: func(r *http.Request) error { client.Authorise(r); return nil },
		Pace:      d.queue.Pace, Parts: parts, InlineSize: inline, Bundles: true, StallTimeout: d.options.StallTimeout,
	})
	if err != nil {
		return err
	}
	d.stopFollowing()
	d.way.gate.Open() // the seller is there, and so may be another way
	if err := d.beginSession(s, client, uploads, online); err != nil {
		return err
	}
	d.drafts.SetAccount(s.account())
	d.reachedServer()
	if d.options.Background {
		d.startFollowing()
		if err := d.resumeUploads(); err != nil {
			return err
		}
		if !d.options.SyncLater {
			d.resumeSync()
		}
	}
	d.tell(change.State, "")
	d.tell(change.Orders, "")
	return nil
}

// beginSession makes the session that of the desk, and stores it. The orders of
// another account are forgotten first.
func (d *Desk) beginSession(s Session, client *api.Client, uploads *tus.Client, online bool) error {
	d.told.Lock()
	defer d.told.Unlock()
	before, _ := d.Session()
	if before.account() != s.account() {
		if err := d.drafts.CacheOrders(nil, time.Time{}); err != nil {
			return err
		}
	}
	if before != s {
		if err := d.drafts.PutSetting(sessionSetting, s); err != nil {
			return err
		}
	}
	if err := d.beginList(s); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.session, d.client, d.uploads, d.online = s, client, uploads, online
	return nil
}

// restoreSession goes on with the session of the last time.
func (d *Desk) restoreSession() error {
	var s Session
	err := d.drafts.Setting(sessionSetting, &s)
	d.session = s
	if err != nil || s.Server == "" || s.Trial {
		return err // the server of a trial has to be started first, see ResumeTrial
	}
	token, err := d.tokens.Load()
	if err != nil {
		// A keyring that is locked is no reason not to show the drafts.
		d.options.Log.Warn("the sign-in cannot be read", "error", err)
	}
	return d.connect(s, token, false)
}

// ResumeTrial goes on with the trial of the last time, whose server now
// answers at the address.
func (d *Desk) ResumeTrial(server string) error {
	token, err := d.tokens.Load()
	if err != nil {
		return err
	}
	s, _ := d.Session()
	s.Server = server
	return d.connect(s, token, true)
}

func (d *Desk) changeSession(change func(*Session)) error {
	d.mu.Lock()
	change(&d.session)
	s := d.session
	d.mu.Unlock()
	return d.drafts.PutSetting(sessionSetting, s)
}

// SignOut ends the session. Drafts stay on this computer; the work folder is
// watched again after the next sign-in.
func (d *Desk) SignOut(ctx context.Context) error {
	client, _, err := d.server()
	if err != nil && !errors.Is(err, problem.ErrSignedOut) {
		return err
	}
	if client != nil {
		// A server that is away ends the session when it is not used any more.
		if err := client.SignOut(ctx); err != nil {
			d.options.Log.Warn("the server was not told of the sign-out", "error", err)
		}
	}
	d.pauseSync()
	d.stopFollowing()
	d.told.Lock()
	d.mu.Lock()
	d.session, d.client, d.uploads, d.online = Session{}, nil, nil, false
	d.mu.Unlock()
	d.list.Reset(nil, nil)
	d.told.Unlock()
	err = errors.Join(d.tokens.Delete(), d.drafts.PutSetting(sessionSetting, Session{}))
	d.tell(change.State, "")
	d.tell(change.Folder, "")
	return err
}
