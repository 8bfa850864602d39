package store

import (
	"context"
	"time"

	"handover/backend/order"
)

// Outbox keeps, for each channel such as "mail", how far it has taken the log
// of events over, and the entries that it still has to send.
type Outbox interface {
	// Outbox returns the state of a channel; one that never was used is off
	// and has no entries.
	Outbox(ctx context.Context, channel string) (Channel, error)
	// TakeOver adds entries to a channel's outbox and moves its cursor to seq,
	// together, and so switches it on.
	TakeOver(ctx context.Context, channel string, seq uint64, entries []Entry) error
	// SwitchOff takes the channel's cursor away. Its entries stay.
	SwitchOff(ctx context.Context, channel string) error
	// SaveEntry replaces an entry's state. Returns NotFound when it was dropped.
	SaveEntry(ctx context.Context, channel string, e Entry) error
	// DropEntry forgets an entry; none is no error.
	DropEntry(ctx context.Context, channel string, e Entry) error
}

// Channel is the state of one channel.
type Channel struct {
	On bool
	// Cursor is the Seq of the last event that was taken over, while On.
	Cursor uint64
	// Entries are all that were neither sent nor dropped, by Seq and To.
	Entries []Entry
}

// Entry is one event that one receiver is to hear of. Seq and To identify it
// within its channel.
type Entry struct {
	Seq   uint64          `json:"seq"`
	To    order.Party     `json:"to,omitempty"` // "" when a channel has one receiver
	Order string          `json:"order"`
	Type  order.EventType `json:"type"`
	// ID is the same however often the entry is sent, so that a receiver can
	// tell a double.
	ID string `json:"id"`
	// Since is when sending began; how long it is tried counts from here.
	Since    time.Time `json:"since"`
	Attempts int       `json:"attempts"`
	// NextAt is when it is tried next.
	NextAt    time.Time `json:"next_at,omitzero"`
	LastError string    `json:"last_error,omitempty"`
	// FailedAt is set on an entry that is not tried any more.
	FailedAt time.Time `json:"failed_at,omitzero"`
}

// Failed reports whether the entry was given up.
func (e Entry) Failed() bool { return !e.FailedAt.IsZero() }
