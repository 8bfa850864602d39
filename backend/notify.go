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

// The channels for events of orders.
const (
	Mail    = notify.MailChannel
	Webhook = notify.WebhookChannel
)

// Notices has the settings of e-mail and webhooks. It contains secrets: do not log
// it.
type Notices struct {
	SMTP                      string // address of a mail server; empty for no e-mail
	SMTPUser, SMTPPassword    string // override those in the address
	MailFrom                  string // sender of the mails
	WebhookURL, WebhookSecret string // empty for no webhooks
}

// Check validates the settings. Its error repeats no secret.
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

// newNotices returns the sender of e-mails and webhooks.
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

// picture returns the thumbnail of a delivered file, nil for a file without one.
func (s *Server) picture(ctx context.Context, f order.File) ([]byte, error) {
	return s.thumbnails.Of(ctx, f, func() (io.ReadSeekCloser, error) { return s.files.OpenFile(ctx, f.ID) })
}

// Outbox lists the unsent messages of a channel, or only the failed ones.
func (s *Server) Outbox(ctx context.Context, channel string, failed bool) ([]api.OutboxEntry, error) {
	return s.notices.List(ctx, channel, failed)
}

// Resend sends failed and waiting messages of a channel now: the message with the
// ID, or all for an empty ID. It returns their number.
func (s *Server) Resend(ctx context.Context, channel, id string) (int, error) {
	return s.notices.Resend(ctx, channel, id)
}
