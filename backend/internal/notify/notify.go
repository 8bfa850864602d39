// Package notify tells people and programs what happens to orders: by e-mail
// and by webhooks.
//
// The log of events is the outbox. Each channel takes new events over into
// entries of the store, sends them, and drops them once they were sent. So an
// action never waits for a mail server, and nothing is lost in a crash: what
// was sent but not yet written down is sent again, under the same ID. What one
// receiver is to hear of one order goes out in the order in which it happened.
package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// The channels.
const (
	MailChannel    = "mail"
	WebhookChannel = "webhook"
)

// closeWithin is how long what is being sent may take at the end.
const closeWithin = 5 * time.Second

// Log is the log of events.
type Log interface {
	Events(ctx context.Context, q store.EventQuery) ([]order.Event, error)
	LastSeq(ctx context.Context) (uint64, error)
	Changed() <-chan struct{}
}

// Records are what messages tell of.
type Records interface {
	Order(ctx context.Context, id string) (order.Order, error)
	Account(ctx context.Context, id string) (order.Account, error)
	Comments(ctx context.Context, orderID string) ([]order.Comment, error)
}

// Store is what the package needs of the store.
type Store interface {
	Log
	Records
	store.Outboxes
}

// Config says what is sent, and where to.
type Config struct {
	Store   Store
	Mail    *MailConfig    // nil for no e-mail
	Webhook *WebhookConfig // nil for no webhooks
	// ReviewURL returns the buyer's link to an order, or "" when the server
	// does not know it.
	ReviewURL func(order.Order) string
	// OpenURL returns the address of a page that opens the order in the seller's
	// window.
	OpenURL func(id string) string
	// Picture returns a small picture of a delivered file as JPEG; nil for a file
	// that has none. A nil Picture leaves letters without pictures.
	Picture func(context.Context, order.File) ([]byte, error)
	// Alone waits until no other server sends by the channel with the name, or
	// ctx ends. held is done once another may have taken over; release lets it.
	// nil when there is no other server.
	Alone func(ctx context.Context, name string) (held context.Context, release func(), err error)
	Now   func() time.Time
	Log   *slog.Logger
}

// Service sends. Its methods may be called before Start too, when no server
// runs on the data.
type Service struct {
	queues []*queue

	stop, cut context.CancelFunc
	running   sync.WaitGroup
}

// New returns the service; it sends from [Service.Start] on.
func New(c Config) *Service {
	var letters, hooks sender
	if c.Mail != nil {
		letters = newPostOffice(*c.Mail, c)
	}
	if c.Webhook != nil {
		hooks = newCaller(*c.Webhook, c)
	}
	return &Service{queues: []*queue{newQueue(MailChannel, letters, c), newQueue(WebhookChannel, hooks, c)}}
}

// Start begins to send. A channel that is not configured is switched off: it
// will begin with what happens after it was configured.
func (s *Service) Start(ctx context.Context) error {
	for _, q := range s.queues {
		if err := q.open(ctx); err != nil {
			return err
		}
	}
	stop, cut := context.Background(), context.Background()
	stop, s.stop = context.WithCancel(stop)
	cut, s.cut = context.WithCancel(cut)
	for _, q := range s.queues {
		switch {
		case q.sender == nil:
		case q.alone == nil:
			s.running.Go(func() { q.run(stop, cut) })
		default:
			s.running.Go(func() { q.takeTurns(stop, cut) })
		}
	}
	return nil
}

// Close ends sending. What is being sent may end until the context does, and
// for five seconds at most.
func (s *Service) Close(ctx context.Context) {
	if s.stop == nil {
		return
	}
	s.stop()
	ctx, cancel := context.WithTimeout(ctx, closeWithin)
	defer cancel()
	defer context.AfterFunc(ctx, s.cut)()
	s.running.Wait()
	s.cut()
	for _, q := range s.queues {
		if q.sender != nil {
			q.sender.close()
		}
	}
}

// Depth is how much a channel has to send.
type Depth struct {
	Channel string
	Pending int    // not sent yet
	Failed  int    // given up; the operator can send them again
	Sent    uint64 // since the start
	Faults  uint64 // attempts that failed since the start
}

// Depths returns the depth of each channel.
func (s *Service) Depths() []Depth {
	depths := make([]Depth, len(s.queues))
	for i, q := range s.queues {
		q.mu.Lock()
		depths[i] = q.depth
		q.mu.Unlock()
	}
	return depths
}

// Waiting returns how much each channel has yet to send.
func (s *Service) Waiting() map[string]int {
	waiting := map[string]int{}
	for _, d := range s.Depths() {
		waiting[d.Channel] = d.Pending
	}
	return waiting
}

func (s *Service) queue(channel string) (*queue, error) {
	for _, q := range s.queues {
		if q.channel == channel {
			return q, nil
		}
	}
	return nil, &order.Error{Code: order.NotFound, Message: "there is no channel " + channel}
}

// List returns what a channel has not sent, or only what it gave up.
func (s *Service) List(ctx context.Context, channel string, failed bool) ([]api.OutboxEntry, error) {
	q, err := s.queue(channel)
	if err != nil {
		return nil, err
	}
	c, err := q.store.Outbox(ctx, channel)
	entries := []api.OutboxEntry{}
	for _, e := range c.Entries {
		if failed && !e.Failed() {
			continue
		}
		v := api.OutboxEntry{
			ID: e.ID, Seq: e.Seq, Order: e.Order, Event: e.Type, To: e.To, Failed: e.Failed(),
			Attempts: e.Attempts, Since: e.Since, LastError: e.LastError,
		}
		if !e.NextAt.IsZero() {
			v.NextAt = &e.NextAt
		}
		entries = append(entries, v)
	}
	return entries, err
}

// Resend sends now what a channel gave up or what waits for its next attempt:
// the entry with the ID, or all for an empty one. It returns how many those
// are; NotFound when none has the ID.
func (s *Service) Resend(ctx context.Context, channel, id string) (int, error) {
	q, err := s.queue(channel)
	if err != nil {
		return 0, err
	}
	return q.resend(ctx, id)
}
