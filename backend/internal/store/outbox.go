package store

import (
	"context"
	"time"

	"handover/backend/order"
)

// Outboxes stores for each channel, such as "mail", its place in the log of
// events and the entries that it has not sent.
type Outboxes interface {
	// Outbox returns the state of a channel. An unused channel is off and has no
	// entries.
	Outbox(ctx context.Context, channel string) (Channel, error)
	// TakeOver adds entries to a channel's outbox and moves its cursor to seq in
	// one transaction. It switches the channel on.
	TakeOver(ctx context.Context, channel string, seq uint64, entries []Entry) error
	// SwitchOff removes the channel's cursor. Its entries stay.
	SwitchOff(ctx context.Context, channel string) error
	// SaveEntry replaces an entry's state. Returns NotFound for a dropped entry.
	SaveEntry(ctx context.Context, channel string, e Entry) error
	// DropEntry removes an entry. A missing entry is not an error.
	DropEntry(ctx context.Context, channel string, e Entry) error
}

// Channel is the state of one channel.
type Channel struct {
	On bool
	// Cursor is the Seq of the last event that the channel has processed, while On.
	Cursor uint64
	// Entries are neither sent nor dropped, sorted by Seq and To.
	Entries []Entry
}

// Entry is one event to send to one receiver. Seq and To identify it within its
// channel.
type Entry struct {
	Seq   uint64          `json:"seq"`
	To    order.Party     `json:"to,omitempty"` // "" when a channel has one receiver
	Order string          `json:"order"`
	Type  order.EventType `json:"type"`
	// ID is the same in every attempt, so a receiver can recognise duplicates.
	ID string `json:"id"`
	// Since is the time of the first attempt. The time limit for attempts starts
	// there.
	Since    time.Time `json:"since"`
	Attempts int       `json:"attempts"`
	// NextAt is the time of the next attempt.
	NextAt    time.Time `json:"next_at,omitzero"`
	LastError string    `json:"last_error,omitempty"`
	// FailedAt is set after the last attempt failed.
	FailedAt time.Time `json:"failed_at,omitzero"`
}

// Failed reports whether no further attempt follows.
func (e Entry) Failed() bool { return !e.FailedAt.IsZero() }
