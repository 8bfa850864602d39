package shell

import (
	"context"

	"handover/backend/api"
)

// Desk is the seller's work as the shell needs it.
type Desk interface {
	SignedIn() bool
	// FollowsFolder reports whether drafts follow a work folder.
	FollowsFolder() bool
	// Reconnect asks the server again at once, as after sleep.
	Reconnect()

	// Uploads returns the state of the upload queue. With an error, the state may
	// be incomplete.
	Uploads() (Uploads, error)
	PauseUploads() error
	ResumeUploads() error

	// Known returns an order from memory; false when this computer does not know it.
	Known(id string) (api.Order, bool, error)
	// AllKnown returns all orders from memory.
	AllKnown() ([]api.Order, error)
	// Fetch asks the server for an order.
	Fetch(ctx context.Context, id string) (api.Order, error)

	// Recall reads a stored setting into v. It leaves v unchanged when there is no
	// such setting.
	Recall(name string, v any) error
	// Remember stores a setting.
	Remember(name string, v any) error
}

// Uploads is the state of the upload queue.
type Uploads struct {
	Paused  bool     // the seller paused all uploads
	Moving  int      // files in the queue that are not paused
	Failed  int      // files with a problem
	Running []string // orders with a running upload, each once, in the queue's order
}
