package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"slices"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The clocks of the outbox, for tests.
const (
	GiveUp    = giveUp
	LastRetry = lastRetry
	LookAgain = lookAgain
)

// FakeSender stands in for a channel.
type FakeSender struct {
	Receivers func(order.Event) []order.Party // nil for one without a name
	Send      func(context.Context, order.Event, store.Entry) error
}

func (f FakeSender) receivers(e order.Event) []order.Party {
	if f.Receivers == nil {
		return []order.Party{""}
	}
	return f.Receivers(e)
}

func (f FakeSender) send(ctx context.Context, e order.Event, entry store.Entry) error {
	return f.Send(ctx, e, entry)
}

func (f FakeSender) close() {}

// NewWith returns a service with one channel, "webhook", which is not
// configured when f is nil.
func NewWith(c Config, f *FakeSender) *Service {
	var s sender
	if f != nil {
		s = f
	}
	return &Service{queues: []*queue{newQueue(WebhookChannel, s, c)}}
}

// Permanent marks a failure that no second attempt would mend.
func Permanent(err error) error { return permanentError{err} }

// Backoff is how long to wait after so many attempts.
var Backoff = backoff

// Trust makes the mail client accept servers with certificates of the pool.
func (m *MailConfig) Trust(pool *x509.CertPool) { m.roots = &tls.Config{RootCAs: pool} }

// Secured says what the address asks of the connection.
func (m *MailConfig) Secured() (port int, implicit bool, startTLS string) {
	return m.port, m.implicitTLS, m.startTLS.String()
}

// Letters are the letters there are, by event and party.
func Letters() map[order.EventType][]order.Party {
	all := map[order.EventType][]order.Party{}
	for _, l := range slices.Concat(letters, cancellationLetters, reminderLetters) {
		all[l.about] = append(all[l.about], l.to)
	}
	return all
}
