// Package store states what keeps Handover's orders: the contract that every
// implementation fulfils. Package storetest checks an implementation against it.
package store

import (
	"context"
	"errors"
	"time"

	"handover/backend/order"
)

// ErrUnavailable means that the store does not answer now: a database on another
// computer is away. Whether a change that returned it happened is not known when
// the connection was lost in the last moment; a key makes it safe to ask again.
var ErrUnavailable = errors.New("the database does not answer")

// Store keeps each order as one document with a version, the append-only log
// of events, accounts, sessions and the records of finished uploads.
//
// Every method is one transaction: on return without error it is durable, and
// with an error nothing of it happened unless the method says otherwise.
// Methods return an [*order.Error] with the code NotFound for what is not
// there. All may be called from several goroutines.
type Store interface {
	Orders
	Accounts
	Uploads
	// Verify compares what is stored twice: indexes with their documents, the
	// log of events with the orders, and names with what they name. It returns
	// what contradicts, in words for the operator.
	Verify(ctx context.Context) (problems []string, err error)
	Ledger
	Views
	Outbox
	DraftNotes
	Comments
	Close() error
}

// Orders keeps orders and their events.
type Orders interface {
	// Place stores a new order with its first event. reviewHash is the hash
	// of the buyer's token, and becomes the order's ReviewHash. Returns Exists
	// when the ID is taken.
	Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error)
	// PlaceAll stores new orders, all or none; see [Placement].
	PlaceAll(ctx context.Context, p Placement) ([]order.Order, error)
	// Order returns the order as stored.
	Order(ctx context.Context, id string) (order.Order, error)
	// OrderByReview returns the order that a buyer's token opens, as
	// [order.Order.OpenedBy] says.
	OrderByReview(ctx context.Context, reviewHash string) (order.Order, error)
	// OrderByViewLink returns the order that a viewer's token opens, as
	// [order.Order.ViewedBy] says. What the one finds the other never does.
	OrderByViewLink(ctx context.Context, viewHash string) (order.Order, error)
	// List returns a page of a seller's orders, soonest due first.
	List(ctx context.Context, q Query) (Page, error)
	// Summarise counts a seller's orders.
	Summarise(ctx context.Context, sellerID string, now time.Time) (Summary, error)
	// Change changes one order; see [Change]. Whatever stores an event that
	// completes an order also stores what [order.SendRest] makes of its comments.
	Change(ctx context.Context, c Change) (order.Order, error)
	// AdvanceDue advances up to limit orders whose deadline is not after
	// now, and returns how many changed.
	AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error)
	// NextDeadline returns the soonest deadline of all orders, or the zero
	// time for none.
	NextDeadline(ctx context.Context) (time.Time, error)
	// Events returns up to limit events with a Seq above after, oldest first.
	Events(ctx context.Context, q EventQuery) ([]order.Event, error)
	// LastSeq returns the Seq of the newest event, 0 for none.
	LastSeq(ctx context.Context) (uint64, error)
	// Changed returns a channel that is closed once events were added after
	// the call.
	Changed() <-chan struct{}
	// EachOrder calls f with every order until f returns an error.
	EachOrder(ctx context.Context, f func(order.Order) error) error
	// CountOrders says how many orders have each status, without reading them.
	CountOrders(ctx context.Context) (map[order.Status]int, error)
}

// Change asks for one change of one order.
type Change struct {
	Order string
	// Key makes the change idempotent: used a second time for the same order
	// with the same Request, the order is returned as it stands and Apply is
	// not called; with another Request it is refused with Exists.
	Key, Request string
	// Uploads are the records that Apply needs, by ID. One that is missing
	// refuses the change with UploadMissing. Afterwards they count as
	// delivered.
	Uploads []string
	// Comments, if not nil, is filled with the order's comments before Apply
	// is called, each time, and is what they are afterwards, unless Apply
	// refuses or nothing happens.
	Comments *[]order.Comment
	// Apply changes the order and returns what happened. Events that come
	// with an error are committed nonetheless: time does not wait for a
	// command that is right. Apply may be called again on a conflict, and
	// must touch nothing but the order and Comments. When it changes the order's
	// ReviewHash, the token of that hash alone opens the order from then on; and
	// its ViewLinks are all that open it to viewers.
	Apply func(o *order.Order, uploads []order.Upload) ([]order.Event, error)
}

// NewOrder is an order to be placed, with its first event and the hash of its
// buyer's token.
type NewOrder struct {
	Order      order.Order
	Event      order.Event
	ReviewHash string
}

// Placement asks for new orders of one seller.
type Placement struct {
	// Key makes the placement idempotent: used a second time by the same
	// seller with the same Request, the orders of the first are returned as
	// they stand; with another Request it is refused with Exists. Without a
	// key SellerID and Request mean nothing.
	SellerID, Key, Request string
	Orders                 []NewOrder
}

// Summary counts orders.
type Summary struct {
	Count map[order.Status]int
	Late  int
}

// Query selects orders of one seller.
type Query struct {
	SellerID string
	Status   []order.Status // none for all
	// LateAt selects the orders that are late at that time, see
	// [order.Order.Late]; the zero time selects all.
	LateAt time.Time
	Text   string // in title, buyer's name or ID, in any case
	Cursor string // of the page before
	Limit  int
}

// Page is a part of a list. Cursor is empty on the last.
type Page struct {
	Orders []order.Order
	Cursor string
}

// EventQuery selects events after a Seq of a seller's orders, or of one order.
type EventQuery struct {
	After    uint64
	SellerID string // "" for any
	OrderID  string // "" for any
	Limit    int
}

// DraftNotes keeps on which computers deliveries are being prepared. They are
// no part of an order: its version and its events do not change with them.
type DraftNotes interface {
	// ChangeDraftNotes replaces the notes of an order by what change makes of
	// them, which may be called again.
	ChangeDraftNotes(ctx context.Context, orderID string, change func([]order.DraftNote) []order.DraftNote) error
	// DraftNotes returns the notes of an order, none for one that is not there.
	DraftNotes(ctx context.Context, orderID string) ([]order.DraftNote, error)
}

// Accounts keeps who may sign in, and who is signed in.
type Accounts interface {
	// AddAccount returns Exists when the e-mail address is taken, in any case.
	AddAccount(ctx context.Context, a order.Account) error
	AccountByEmail(ctx context.Context, email string) (order.Account, error)
	Account(ctx context.Context, id string) (order.Account, error)
	ListAccounts(ctx context.Context) ([]order.Account, error)
	// ChangeAccount changes one account; see [AccountChange].
	ChangeAccount(ctx context.Context, c AccountChange) (order.Account, error)
	// AddSession signs an account in with the hash of a token.
	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, tokenHash string) (Session, error)
	// TouchSession notes that a session was used.
	TouchSession(ctx context.Context, tokenHash string, at time.Time) error
	// DropSession signs out; no session is no error.
	DropSession(ctx context.Context, tokenHash string) error
	// Sessions lists the sessions of an account, the last used first.
	Sessions(ctx context.Context, accountID string) ([]Session, error)
	// PurgeSessions forgets the sessions that were last used before the time,
	// and returns how many there were.
	PurgeSessions(ctx context.Context, before time.Time) (int, error)
}

// AccountChange asks for one change of one account.
type AccountChange struct {
	Account string
	// Apply changes the account, but neither its ID nor its e-mail address.
	// With an error nothing changes, and ChangeAccount returns that error.
	Apply func(*order.Account) error
	// EndSessions ends the account's sessions in the same transaction, all but
	// the one whose token has the hash Keep.
	EndSessions bool
	Keep        string
}

// Session is a signed-in device.
type Session struct {
	TokenHash string    `json:"token_hash"`
	AccountID string    `json:"account_id"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at"`
}

// Uploads keeps the records of finished uploads.
type Uploads interface {
	// FinishUpload records a finished upload; a second time is no error.
	FinishUpload(ctx context.Context, u order.Upload) error
	// FinishUploads is FinishUpload for several in one transaction.
	FinishUploads(ctx context.Context, us []order.Upload) error
	Upload(ctx context.Context, id string) (order.Upload, error)
	// DropUpload forgets an upload. Returns Conflict when a delivery names
	// it; no record is no error.
	DropUpload(ctx context.Context, id string) error
	// EachUpload calls f with every record until f returns an error.
	EachUpload(ctx context.Context, f func(order.Upload) error) error
	// UploadWith returns a record of the seller's with this SHA-256 and size,
	// other than the one with the ID not.
	UploadWith(ctx context.Context, sellerID, sha256 string, size int64, not string) (order.Upload, error)
	// StoredBytes returns how much content the records of a seller have,
	// each SHA-256 counted once.
	StoredBytes(ctx context.Context, sellerID string) (int64, error)
}
