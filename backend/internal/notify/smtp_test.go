package notify_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"handover/backend/internal/notify"
	"handover/backend/order"
)

func TestSMTP(t *testing.T) {
	for name, tc := range map[string]struct {
		scheme             string
		starttls, implicit bool
		password           string
		secured            bool
	}{
		"plain, for a relay on this computer":    {scheme: "smtp://"},
		"STARTTLS is used when it is offered":    {scheme: "smtp://", starttls: true, secured: true},
		"TLS from the start":                     {scheme: "smtps://", implicit: true, secured: true},
		"a password with STARTTLS":               {scheme: "smtp://post:p%40ss@", starttls: true, password: "p@ss", secured: true},
		"a password with TLS from the start":     {scheme: "smtps://post:p%40ss@", implicit: true, password: "p@ss", secured: true},
		"a password in the clear, to loopback":   {scheme: "smtp://post:p%40ss@", password: "p@ss"},
		"no password, although one could be had": {scheme: "smtp://", starttls: true, secured: true},
	} {
		t.Run(name, func(t *testing.T) {
			box := &postbox{password: tc.password}
			roots := box.listen(t, tc.starttls, tc.implicit)
			d := opened(t, time.Now)
			mailing(t, d, tc.scheme+box.addr, roots)
			d.place("a", "Film", bea)
			got := next(t, box.mails)
			if got.from != "handover@server.example" || got.to != "bea@example.org" || got.secured != tc.secured {
				t.Errorf("from %s to %s, secured %v", got.from, got.to, got.secured)
			}
			emptied(t, d, notify.MailChannel)
		})
	}
}

func TestAnUntrustedCertificate(t *testing.T) {
	box := &postbox{password: "p"}
	box.listen(t, true, false)
	d := opened(t, time.Now)
	s := mailing(t, d, "smtp://post:p@"+box.addr, nil)
	d.place("a", "Film", bea)
	if e := attempted(t, s, notify.MailChannel); e.Failed || !strings.Contains(e.LastError, "certificate") {
		t.Errorf("entry %+v", e)
	}
	if len(box.offered) > 0 {
		t.Error("the password was sent to somebody else")
	}
}

func TestARefusedPassword(t *testing.T) {
	box := &postbox{password: "right"}
	roots := box.listen(t, true, false)
	d := opened(t, time.Now)
	s := mailing(t, d, "smtp://post:WR0NG@"+box.addr, roots)
	d.place("a", "Film", bea)
	e := attempted(t, s, notify.MailChannel)
	if e.Failed || e.NextAt == nil || !strings.Contains(e.LastError, "535") {
		t.Errorf("entry %+v, want one that is tried again once the operator has mended it", e)
	}
	if strings.Contains(e.LastError, "WR0NG") {
		t.Errorf("the error tells the password: %s", e.LastError)
	}
}

func TestRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		code   int
		atText bool
		failed bool
	}{
		"no such receiver":       {code: 550, failed: true},
		"come back later":        {code: 450},
		"the text is not wanted": {code: 554, atText: true, failed: true},
		"the disk is full":       {code: 452, atText: true},
	} {
		t.Run(name, func(t *testing.T) {
			refusal := &smtp.SMTPError{Code: tc.code, Message: "refused"}
			box := &postbox{refuse: func(to string) error {
				if to == bea.Email && !tc.atText {
					return refusal
				}
				return nil
			}}
			if tc.atText {
				box.refuseText = func() error { return refusal }
			}
			box.listen(t, false, false)
			d := opened(t, time.Now)
			s := mailing(t, d, "smtp://"+box.addr, nil)
			d.place("a", "Film", bea)
			e := attempted(t, s, notify.MailChannel)
			if e.Failed != tc.failed || e.To != order.Buyer || !strings.Contains(e.LastError, fmt.Sprint(tc.code)) {
				t.Errorf("entry %+v, want failed %v", e, tc.failed)
			}
		})
	}
}

// The seller's mails do not wait for a buyer whose mailbox is full.
func TestEachReceiverHasTheirOwnLine(t *testing.T) {
	box := &postbox{refuse: func(to string) error {
		if to == bea.Email {
			return &smtp.SMTPError{Code: 450, Message: "full"}
		}
		return nil
	}}
	box.listen(t, false, false)
	d := opened(t, time.Now)
	s := mailing(t, d, "smtp://"+box.addr, nil)
	d.place("a", "Film", bea)
	attempted(t, s, notify.MailChannel)
	d.do("a", message(order.Buyer, "hello"))
	if got := next(t, box.mails); got.to != "eva@example.org" {
		t.Errorf("mail to %s", got.to)
	}
}

// talk is an SMTP server that answers as the function says.
func talk(t *testing.T, answer func(conn *textproto.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			answer(textproto.NewConn(conn))
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-ended
	})
	return l.Addr().String()
}

// A server that has taken the mail and then hangs up has taken the mail.
func TestNoGoodbye(t *testing.T) {
	taken := make(chan struct{}, 10)
	addr := talk(t, func(c *textproto.Conn) {
		c.PrintfLine("220 hello")
		for {
			line, err := c.ReadLine()
			if err != nil {
				return
			}
			if line == "DATA" {
				c.PrintfLine("354 go on")
				if _, err := c.ReadDotBytes(); err == nil {
					taken <- struct{}{}
					c.PrintfLine("250 taken")
				}
				return
			}
			c.PrintfLine("250 ok")
		}
	})
	d := opened(t, time.Now)
	mailing(t, d, "smtp://"+addr, nil)
	d.place("a", "Film", bea)
	next(t, taken)
	emptied(t, d, notify.MailChannel)
	if len(taken) > 0 {
		t.Error("it was sent twice")
	}
}

// A server that says nothing holds up neither orders nor the end of the server.
func TestAServerThatHangs(t *testing.T) {
	for name, greeting := range map[string]string{"from the start": "", "after the greeting": "220 hello"} {
		t.Run(name, func(t *testing.T) {
			connected := make(chan struct{}, 10)
			addr := talk(t, func(c *textproto.Conn) {
				connected <- struct{}{}
				if greeting != "" {
					c.PrintfLine("%s", greeting)
				}
				r := bufio.NewReader(c.R)
				for {
					if _, err := r.ReadByte(); err != nil {
						return // the client has gone
					}
				}
			})
			d := opened(t, time.Now)
			m, err := notify.ParseMail("smtp://"+addr, "", "", "handover@server.example")
			must(t, err)
			c := d.config()
			c.Mail = m
			stop := start(t, notify.New(c))
			d.place("a", "Film", bea)
			next(t, connected)
			d.do("a", message(order.Seller, "orders go on"))
			stop()
			o, err := d.Outbox(context.Background(), notify.MailChannel)
			if err != nil || len(o.Entries) == 0 || o.Entries[0].Attempts != 0 {
				t.Errorf("outbox %+v, %v", o, err)
			}
		})
	}
}

func TestParseMail(t *testing.T) {
	const from = "Handover <handover@example.org>"
	for _, tc := range []struct {
		url, user, password, from string
		port                      int // 0 for a refusal
		implicit                  bool
		startTLS                  string
	}{
		{"smtp://mail.example.org", "", "", from, 25, false, "TLSOpportunistic"},
		{"smtp://mail.example.org:2525", "", "", from, 2525, false, "TLSOpportunistic"},
		{"smtp://u:p@mail.example.org", "", "", from, 587, false, "TLSMandatory"},
		{"smtp://mail.example.org", "u", "p", from, 587, false, "TLSMandatory"},
		{"smtp://u:p@127.0.0.1", "", "", from, 587, false, "TLSOpportunistic"},
		{"smtps://u@mail.example.org", "", "p", from, 465, true, "TLSMandatory"},
		{"smtps://u:p@mail.example.org", "", "", from, 465, true, "TLSMandatory"},
		{"smtps://mail.example.org/", "", "", "a@b.example", 465, true, "TLSOpportunistic"},
		{"smtp://u:S3CRET@mail.example.org:99999", "", "", from, 0, false, ""},
		{"smtp://u:S3CRET@mail.example.org:x", "", "", from, 0, false, ""},
		{"smtp://u:S3CRET@", "", "", from, 0, false, ""},
		{"smtp://S3CRET@mail.example.org", "", "", from, 0, false, ""},
		{"https://u:S3CRET@mail.example.org", "", "", from, 0, false, ""},
		{"u:S3CRET@mail.example.org", "", "", from, 0, false, ""},
		{"smtp://u:S3CR%ET@mail.example.org", "", "", from, 0, false, ""},
		{"smtp://u:S3CRET@mail.example.org/path", "", "", from, 0, false, ""},
		{"smtp://u:S3CRET@mail.example.org", "", "", "", 0, false, ""},
		{"smtp://u:S3CRET@mail.example.org", "", "", "nobody", 0, false, ""},
		{"smtp://u:S3CRET@mail.example.org", "", "", "a@b.example\r\nBcc: c@d.example", 0, false, ""},
	} {
		m, err := notify.ParseMail(tc.url, tc.user, tc.password, tc.from)
		if err != nil {
			if tc.port != 0 || strings.Contains(err.Error(), "S3CRET") || errors.Unwrap(err) != nil {
				t.Errorf("%s from %q: %v", tc.url, tc.from, err)
			}
			continue
		}
		if port, implicit, startTLS := m.Secured(); port != tc.port || implicit != tc.implicit || startTLS != tc.startTLS {
			t.Errorf("%s: port %d, implicit %v, %s", tc.url, port, implicit, startTLS)
		}
	}
}
