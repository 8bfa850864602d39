// Package store is the contract of the database that holds Handover's orders,
// with the rules that every implementation shares. Package storetest tests an
// implementation against the contract.
package store

import (
	"context"
	"errors"

	"handover/backend/order"
)

// ErrUnavailable means that a database on another computer does not answer. A
// change that returned it may have happened, when the connection broke during
// the commit. A change with a key is safe to repeat.
var ErrUnavailable = errors.New("the database does not answer")

// The refusals of several methods.
var (
	ErrOrderExists     error = &order.Error{Code: order.Exists, Message: "there is an order with this ID already"}
	ErrAccountExists   error = &order.Error{Code: order.Exists, Field: "email", Message: "there is an account with this e-mail address already"}
	ErrUploadDelivered error = &order.Error{Code: order.Conflict, Message: "the file is part of a delivery"}
	ErrCursor          error = &order.Error{Code: order.Invalid, Field: "cursor", Message: "the cursor is not one of this server's"}
)

// NotFound returns an [*order.Error] for a missing record, such as an "order".
func NotFound(what string) error {
	return &order.Error{Code: order.NotFound, Message: "there is no such " + what}
}

// IsNotFound reports whether err has the code NotFound.
func IsNotFound(err error) bool { return errors.Is(err, &order.Error{Code: order.NotFound}) }

// Records are the records of a server, divided by job. All parts share one
// database.
//
// Every method is one transaction. Its changes are durable when it returns
// without error. With an error nothing changed, unless the method says otherwise.
// Methods return an [*order.Error] with the code NotFound for a missing record.
// Several goroutines may call them at once.
type Records struct {
	Orders      Orders
	Deadlines   Deadlines
	EventLog    EventLog
	Annotations Annotations
	Accounts    Accounts
	Uploads     Uploads
	Ledger      Ledger
	Outboxes    Outboxes
	Checks      Checks
}

// Checks looks for contradictions between records. It describes them for the
// operator.
type Checks interface {
	// Verify compares duplicate data: indexes with their documents, the log of
	// events with the orders, and references with their targets.
	Verify(ctx context.Context) (problems []string, err error)
	// CheckLedger compares every order with its ledger entries, and the entries
	// with their sums.
	CheckLedger(ctx context.Context) (problems []string, err error)
}
