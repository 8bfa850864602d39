package notify_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"handover/backend/internal/notify"
)

// posted is a mail that the server got.
type posted struct {
	from, to string
	raw      []byte
	secured  bool
}

// postbox is a real SMTP server.
type postbox struct {
	addr  string
	mails chan posted
	// password is asked for, when it is not empty.
	password string
	offered  chan string // every password that was sent
	// refuse decides about receivers.
	refuse func(to string) error
	// refuseText decides about texts.
	refuseText func() error
}

// listen starts the server. With starttls it offers encryption, with implicit
// it begins with it; roots are to be trusted then.
func (p *postbox) listen(t *testing.T, starttls, implicit bool) (roots *x509.CertPool) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p.addr, p.mails, p.offered = l.Addr().String(), make(chan posted, 100), make(chan string, 100)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &smtpSession{box: p, conn: c}, nil
	}))
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.ErrorLog = silent{}
	if starttls || implicit {
		var config *tls.Config
		config, roots = certificate(t)
		if implicit {
			l = tls.NewListener(l, config)
		} else {
			server.TLSConfig = config
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	return roots
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// certificate is one for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	pool := x509.NewCertPool()
	pool.AddCert(web.Certificate())
	return &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}, pool
}

type smtpSession struct {
	box  *postbox
	conn *smtp.Conn
	mail posted
	auth bool
}

func (s *smtpSession) Reset()        {}
func (s *smtpSession) Logout() error { return nil }

func (s *smtpSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.box.offered <- password
		if user != "post" || password != s.box.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "not with " + password}
		}
		s.auth = true
		return nil
	}), nil
}

func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.box.password != "" && !s.auth {
		return smtp.ErrAuthRequired
	}
	_, secured := s.conn.TLSConnectionState()
	s.mail = posted{from: from, secured: secured}
	return nil
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	if s.box.refuse != nil {
		return s.box.refuse(to)
	}
	return nil
}

func (s *smtpSession) Data(r io.Reader) (err error) {
	if s.mail.raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if s.box.refuseText != nil {
		return s.box.refuseText()
	}
	s.box.mails <- s.mail
	return nil
}

// letter is a mail as its reader sees it.
type letter struct {
	header     netmail.Header
	subject    string
	text, html string
	picture    []byte // nil for none
}

// read takes a mail apart, and checks that it is well-formed.
func (p posted) read(t *testing.T) letter {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(p.raw))
	must(t, err)
	l := letter{header: m.Header}
	l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	must(t, err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	body := m.Body
	if kind == "multipart/related" { // the letter, and the picture in it
		related := multipart.NewReader(m.Body, params["boundary"])
		inner, err := related.NextRawPart()
		must(t, err)
		kind, params, err = mime.ParseMediaType(inner.Header.Get("Content-Type"))
		must(t, err)
		whole, err := io.ReadAll(inner)
		must(t, err)
		body = bytes.NewReader(whole)
		l.picture = pictureOf(t, related)
	}
	if kind != "multipart/alternative" {
		t.Fatalf("content type %s", kind)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for _, want := range []struct {
		kind string
		to   *string
	}{{"text/plain; charset=UTF-8", &l.text}, {"text/html; charset=UTF-8", &l.html}} {
		part, err := parts.NextRawPart()
		must(t, err)
		if got := part.Header.Get("Content-Type"); got != want.kind {
			t.Fatalf("part %s, want %s", got, want.kind)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		must(t, err)
		*want.to = string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")))
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Fatalf("more than two parts: %v", err)
	}
	return l
}

// pictureOf reads the one picture that the HTML names.
func pictureOf(t *testing.T, parts *multipart.Reader) []byte {
	t.Helper()
	part, err := parts.NextRawPart()
	must(t, err)
	if kind := part.Header.Get("Content-Type"); !strings.HasPrefix(kind, "image/jpeg") || part.Header.Get("Content-ID") != "<picture>" ||
		!strings.HasPrefix(part.Header.Get("Content-Disposition"), "inline") {
		t.Errorf("the picture is %v", part.Header)
	}
	picture, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
	must(t, err)
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("more than one picture: %v", err)
	}
	return picture
}

// mailing starts e-mail of the store by the server at the address.
func mailing(t *testing.T, d *data, address string, roots *x509.CertPool) *notify.Service {
	t.Helper()
	m, err := notify.ParseMail(address, "", "", "Handover <handover@server.example>")
	must(t, err)
	if roots != nil {
		m.Trust(roots)
	}
	c := d.config()
	c.Mail = m
	s := notify.New(c)
	t.Cleanup(start(t, s))
	return s
}

// emptied waits until everything that happened was sent.
func emptied(t *testing.T, d *data, channel string) {
	t.Helper()
	last, err := d.LastSeq(t.Context())
	must(t, err)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		c, err := d.Outbox(t.Context(), channel)
		must(t, err)
		if c.On && c.Cursor == last && len(c.Entries) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still in the outbox: %+v", c)
		}
	}
}
