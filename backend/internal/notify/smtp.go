package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// smtpTimeout is how long the server may take to answer.
const smtpTimeout = 30 * time.Second

// MailConfig has the mail server and the sender.
type MailConfig struct {
	host, user, password string
	port                 int
	implicitTLS          bool
	startTLS             mail.TLSPolicy
	from                 netmail.Address
	roots                *tls.Config // nil for the system's; tests trust their own
}

// ParseMail reads the address of an SMTP server, smtp://[user:password@]host[:port]
// or smtps://…, and the sender of the mails. user and password override those in
// the address. Errors do not repeat the address, because it may contain a password.
//
// With smtps the connection is encrypted from the start. With smtp it is encrypted
// when the server offers STARTTLS; without encryption a password is sent only to
// this computer.
func ParseMail(address, user, password, from string) (*MailConfig, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("the address of the mail server is not one such as smtps://user:password@mail.example.org")
	}
	m := &MailConfig{host: u.Hostname(), implicitTLS: u.Scheme == "smtps", startTLS: mail.TLSOpportunistic}
	m.user = u.User.Username()
	m.password, _ = u.User.Password()
	if user != "" {
		m.user = user
	}
	if password != "" {
		m.password = password
	}
	if (m.user == "") != (m.password == "") {
		return nil, errors.New("for the mail server a user goes with a password")
	}
	if m.user != "" && !loopback(m.host) {
		m.startTLS = mail.TLSMandatory
	}
	if m.port, err = m.portOf(u.Port()); err != nil {
		return nil, err
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("%q is no sender of mails such as \"Handover <handover@example.org>\"", from)
	}
	m.from = *sender
	return m, nil
}

// portOf returns the port, or the default: 465 for smtps, 587 for smtp with a
// password, else 25.
func (m *MailConfig) portOf(port string) (int, error) {
	switch {
	case port == "" && m.implicitTLS:
		return 465, nil
	case port == "" && m.user != "":
		return 587, nil
	case port == "":
		return 25, nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return 0, errors.New("the port of the mail server is a number from 1 to 65535")
	}
	return n, nil
}

// domain returns the domain of the sender's address.
func (m *MailConfig) domain() string {
	return m.from.Address[strings.LastIndexByte(m.from.Address, '@')+1:]
}

// post sends one message on its own connection.
func (m *MailConfig) post(ctx context.Context, msg *mail.Msg) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // also closes a connection that the client left open
	client, err := m.client(ctx)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // the server has the mail, even if QUIT failed
		return nil
	}
	var refused *mail.SendError
	if errors.As(err, &refused) && refused.ErrorCode()/100 == 5 && aboutThisMail(refused.Reason) {
		return permanentError{m.withoutPassword(err)}
	}
	return m.withoutPassword(err)
}

// aboutThisMail reports whether the server refused the receiver or the text. The
// operator must fix other refusals, such as those of the password or the sender.
func aboutThisMail(r mail.SendErrReason) bool {
	return r == mail.ErrSMTPRcptTo || r == mail.ErrSMTPData || r == mail.ErrSMTPDataClose
}

// withoutPassword guards against servers that repeat the password.
func (m *MailConfig) withoutPassword(err error) error {
	if m.password == "" || !strings.Contains(err.Error(), m.password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), m.password, "***"))
}

func (m *MailConfig) client(ctx context.Context) (*mail.Client, error) {
	config := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if m.roots != nil {
		config.RootCAs = m.roots.RootCAs
	}
	options := []mail.Option{
		mail.WithPort(m.port), mail.WithTimeout(smtpTimeout), mail.WithTLSConfig(config), mail.WithTLSPolicy(m.startTLS),
		mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			return m.dial(ctx, dialing, network, address, config)
		}),
	}
	if m.implicitTLS {
		options = append(options, mail.WithTLSPolicy(mail.NoTLS)) // dial makes the TLS connection
	}
	if m.user != "" {
		options = append(options, mail.WithUsername(m.user), mail.WithPassword(m.password), mail.WithOpportunisticSMTPAuth(
			mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(m.host, options...)
}

// dial connects. The end of ctx closes the connection, even during a wait for an
// answer.
func (m *MailConfig) dial(ctx, dialing context.Context, network, address string, config *tls.Config) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(dialing, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	if !m.implicitTLS {
		return conn, nil
	}
	secured := tls.Client(conn, config)
	return secured, secured.HandshakeContext(dialing)
}
