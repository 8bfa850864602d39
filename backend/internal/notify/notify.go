// Package notify sends events of orders by e-mail and by webhooks.
//
// The event log is the outbox. Each channel copies new events to entries in the
// store, sends them, and deletes sent entries. So an action never waits for a mail
// server, and a crash loses no message: a message that was sent but not recorded is
// sent again with the same ID. Messages to one receiver about one order are sent in
// the order of the events.
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

// closeWithin is how long messages in progress may take at the end.
const closeWithin = 5 * time.Second

// Log is the log of events.
type Log interface {
	Events(ctx context.Context, q store.EventQuery) ([]order.Event, error)
	LastSeq(ctx context.Context) (uint64, error)
	Changed() <-chan struct{}
}

// Records loads the data for messages.
type Records interface {
	Order(ctx context.Context, id string) (order.Order, error)
	Account(ctx context.Context, id string) (order.Account, error)
	Comments(ctx context.Context, orderID string) ([]order.Comment, error)
}

// Store is the part of the store that the package uses.
type Store interface {
	Log
	Records
	store.Outboxes
}

// Config has the channels and the sources of their messages.
type Config struct {
	Store   Store
	Mail    *MailConfig    // nil for no e-mail
	Webhook *WebhookConfig // nil for no webhooks
	// ReviewURL returns the buyer's link to an order, or "" when the server
	// cannot derive it.
	ReviewURL func(order.Order) string
	// OpenURL returns the address of a page that opens the order in the seller's
	// window.
	OpenURL func(id string) string
	// Picture returns a small picture of a delivered file as JPEG, or nil for a
	// file without one. With a nil Picture, letters have no pictures.
	Picture func(context.Context, order.File) ([]byte, error)
	// Alone waits until no other server sends by the channel with the name, or
	// ctx ends. held is done once another server may have taken over; release
	// allows that. Alone is nil for a single server.
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

// New returns the service. It sends after [Service.Start].
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

// Start begins to send. It switches unconfigured channels off: they will begin with
// the first event after they are configured.
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

// Close ends sending. Messages in progress may end until the context ends, and for
// five seconds at most.
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

// Depth has the counts of a channel.
type Depth struct {
	Channel string
	Pending int    // not sent yet
	Failed  int    // failed for good; the operator can send them again
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

// Waiting returns the number of unsent messages of each channel.
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

// List returns the unsent messages of a channel, or only the failed ones.
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

// Resend sends failed and waiting messages of a channel now: the message with the
// ID, or all for an empty ID. It returns their number, or NotFound for an unknown ID.
func (s *Service) Resend(ctx context.Context, channel, id string) (int, error) {
	q, err := s.queue(channel)
	if err != nil {
		return 0, err
	}
	return q.resend(ctx, id)
}
