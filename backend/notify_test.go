package backend_test

import (
	"context"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

const noticesSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// outsideWorld is a mail server and a receiver of webhooks.
type outsideWorld struct {
	smtp, hook string
	down       atomic.Bool
	mails      chan sentMail
	hooks      chan string // IDs
}

func outside(t *testing.T) *outsideWorld {
	t.Helper()
	w := &outsideWorld{mails: make(chan sentMail, 10), hooks: make(chan string, 10)}
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.down.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.hooks <- r.Header.Get("webhook-id")
	}))
	t.Cleanup(web.Close)
	w.hook = web.URL
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noFault(t, err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{world: w}, nil }))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	w.smtp = "smtp://" + l.Addr().String()
	return w
}

type sentMail struct{ to, text string }

type mailSession struct {
	world *outsideWorld
	to    string
}

func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(quotedprintable.NewReader(r))
	s.world.mails <- sentMail{s.to, string(text)}
	return err
}

func noFault(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func outsideGot[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing arrived")
		panic("unreachable")
	}
}

func noticesConfig(dir string) backend.Config {
	return backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// A server that runs with a mail server and webhooks: what happens gets out;
// what was given up is listed and sent again by the operator's commands.
func TestNotices(t *testing.T) {
	world := outside(t)
	var ahead atomic.Int64
	c := noticesConfig(t.TempDir())
	c.Now = func() time.Time { return time.Now().UTC().Add(time.Duration(ahead.Load())) }
	c.Notices = backend.Notices{SMTP: world.smtp, MailFrom: "handover@example.org", WebhookURL: world.hook, WebhookSecret: noticesSecret}
	server, err := backend.StartLocal(c)
	noFault(t, err)
	t.Cleanup(func() { noFault(t, server.Close(context.Background())) })
	op, closeOperator, err := backend.OpenOperator(noticesConfig(c.Dir))
	noFault(t, err)
	t.Cleanup(func() { noFault(t, closeOperator()) })

	_, err = op.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "correct horse"})
	noFault(t, err)
	place := func() api.PlacedOrder {
		t.Helper()
		o, err := op.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
			Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: c.Now().Add(time.Hour),
		})
		noFault(t, err)
		return o
	}
	o := place()
	if m := outsideGot(t, world.mails); m.to != "bea@example.org" || !strings.Contains(m.text, o.ReviewURL) {
		t.Errorf("mail to %s, without the link %s:\n%s", m.to, o.ReviewURL, m.text)
	}
	first := outsideGot(t, world.hooks)

	world.down.Store(true)
	place()
	tried := outboxOf(t, op, func(e api.OutboxEntry) bool { return e.Attempts > 0 })
	if tried.Failed || !strings.Contains(tried.LastError, "500") || tried.ID == first {
		t.Errorf("tried: %+v", tried)
	}
	ahead.Store(int64(80 * time.Hour))
	place() // which lets the server look at the clock
	failed := outboxOf(t, op, func(e api.OutboxEntry) bool { return e.Failed })
	if failed.ID != tried.ID {
		t.Errorf("failed: %+v", failed)
	}
	world.down.Store(false)
	if n, err := op.Resend(t.Context(), backend.Webhook, failed.ID); n != 1 || err != nil {
		t.Fatalf("resend: %d, %v", n, err)
	}
	for outsideGot(t, world.hooks) != failed.ID { // what was only waiting may go before
	}
}

// outboxOf waits until the first entry of the webhooks is as wanted.
func outboxOf(t *testing.T, op backend.Operator, wanted func(api.OutboxEntry) bool) api.OutboxEntry {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		list, err := op.Outbox(t.Context(), backend.Webhook, false)
		noFault(t, err)
		if len(list) > 0 && wanted(list[0]) {
			return list[0]
		}
	}
	t.Fatal("the outbox does not come to that")
	return api.OutboxEntry{}
}

func TestNoticesThatAreWrong(t *testing.T) {
	for name, n := range map[string]backend.Notices{
		"mail server": {SMTP: "smtp://u:S3CRET@", MailFrom: "a@example.org"},
		"sender":      {SMTP: "smtp://u:S3CRET@mail.example.org", MailFrom: "nobody"},
		"webhook":     {WebhookURL: "http://example.org/S3CRET", WebhookSecret: noticesSecret},
		"secret":      {WebhookURL: "https://example.org/", WebhookSecret: "S3CRET"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := n.Check(); err == nil || strings.Contains(err.Error(), "S3CRET") {
				t.Errorf("check: %v", err)
			}
			c := noticesConfig(t.TempDir())
			c.Notices = n
			if _, err := backend.New(c); err == nil {
				t.Error("the server opened with it")
			}
		})
	}
}
