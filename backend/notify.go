package backend

import (
	"context"
	"io"
	"net/url"

	"handover/backend/api"
	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// The channels by which the server tells what happens to orders.
const (
	Mail    = notify.MailChannel
	Webhook = notify.WebhookChannel
)

// Notices says how the server tells people and programs what happens to
// orders. It holds secrets: log none of it.
type Notices struct {
	SMTP                      string // address of a mail server; empty for no e-mail
	SMTPUser, SMTPPassword    string // go before those of the address
	MailFrom                  string // sender of the mails
	WebhookURL, WebhookSecret string // empty for no webhooks
}

// Check returns what is wrong with the settings; it repeats no secret.
func (n Notices) Check() error {
	_, _, err := n.parse()
	return err
}

func (n Notices) parse() (m *notify.MailConfig, w *notify.WebhookConfig, err error) {
	if n.SMTP != "" {
		if m, err = notify.ParseMail(n.SMTP, n.SMTPUser, n.SMTPPassword, n.MailFrom); err != nil {
			return nil, nil, err
		}
	}
	if n.WebhookURL != "" {
		if w, err = notify.ParseWebhook(n.WebhookURL, n.WebhookSecret); err != nil {
			return nil, nil, err
		}
	}
	return m, w, nil
}

// newNotices returns what sends mails and webhooks.
func (s *Server) newNotices() (*notify.Service, error) {
	m, w, err := s.config.Notices.parse()
	if err != nil {
		return nil, err
	}
	records := struct {
		store.Orders
		store.EventLog
		store.Annotations
		store.Accounts
		store.Outboxes
	}{s.records.Orders, s.records.EventLog, s.records.Annotations, s.records.Accounts, s.records.Outboxes}
	c := notify.Config{
		Store: records, Mail: m, Webhook: w, ReviewURL: s.placement.ReviewURL, Now: s.config.Now, Log: s.config.Log,
		OpenURL: func(id string) string { return s.URL() + "/open/" + url.PathEscape(id) },
		Picture: s.picture,
	}
	if db, shared := s.db.(interface {
		Alone(ctx context.Context, name string) (context.Context, func(), error)
	}); shared {
		c.Alone = db.Alone
	}
	return notify.New(c), nil
}

// picture returns the thumbnail of a delivered file, nil for one that has none.
func (s *Server) picture(ctx context.Context, f order.File) ([]byte, error) {
	return s.thumbnails.Of(ctx, f, func() (io.ReadSeekCloser, error) { return s.files.OpenFile(ctx, f.ID) })
}

// Outbox lists what a channel has not sent, or only what it has given up.
func (s *Server) Outbox(ctx context.Context, channel string, failed bool) ([]api.OutboxEntry, error) {
	return s.notices.List(ctx, channel, failed)
}

// Resend sends now what a channel has given up or what waits for its next
// attempt, one entry or all for an empty ID, and returns how many those are.
func (s *Server) Resend(ctx context.Context, channel, id string) (int, error) {
	return s.notices.Resend(ctx, channel, id)
}
