package order

import (
	"fmt"
	"slices"
	"time"
)

// Status is where an order stands. "Late" is no status, see [Order.Late].
type Status string

// The statuses of an order. Completed and Cancelled are final.
const (
	Active     Status = "active"
	Delivered  Status = "delivered"
	InRevision Status = "in_revision"
	Completed  Status = "completed"
	Cancelled  Status = "cancelled"
)

// Statuses lists every status in the order of an order's life.
func Statuses() []Status {
	return []Status{Active, Delivered, InRevision, Completed, Cancelled}
}

// Owed reports whether the seller owes work on an order with the status.
func (s Status) Owed() bool { return s == Active || s == InRevision }

// Party is a side of an order, or the clock.
type Party string

// The parties. A viewer is somebody to whom the buyer gave a [ViewLink]: they
// look, comment and decide nothing. Clock acts only through [Order.Advance].
const (
	Seller Party = "seller"
	Buyer  Party = "buyer"
	Viewer Party = "viewer"
	Clock  Party = "clock"
)

// other returns the opposite side.
func (p Party) other() Party {
	if p == Seller {
		return Buyer
	}
	return Seller
}

// Language is what a party reads; the empty one counts as English.
type Language string

// The languages that Handover speaks.
const (
	English Language = "en"
	German  Language = "de"
)

// Known reports whether the language is one of them, or none was chosen.
func (l Language) Known() bool { return l == "" || l == English || l == German }

// Contact is the buyer as the order knows them; buyers have no account.
type Contact struct {
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Language Language `json:"language,omitempty" enum:"en,de" doc:"of e-mails and of the page; English when missing"`
	// TimeZone is an IANA name, such as Europe/Berlin; "" when it is not known.
	TimeZone string `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name, such as Europe/Berlin: e-mails give times in it; UTC when missing"`
}

// Money is an amount in hundredths of its currency (ISO 4217 code).
type Money struct {
	Hundredths int64  `json:"hundredths"`
	Currency   string `json:"currency"`
}

// String returns the amount as a decimal number with its currency.
func (m Money) String() string {
	return fmt.Sprintf("%d.%02d %s", m.Hundredths/100, m.Hundredths%100, m.Currency)
}

// Order is what a buyer bought from a seller, with all its deliveries. A zero
// time means "none". Change it through [Order.Apply] and [Order.Advance] only.
type Order struct {
	ID       string    `json:"id"`
	SellerID string    `json:"seller_id"`
	Title    string    `json:"title"`
	Buyer    Contact   `json:"buyer"`
	Price    Money     `json:"price"`
	PlacedAt time.Time `json:"placed_at"`
	DueAt    time.Time `json:"due_at"`
	// Notes are the seller's own; the buyer never sees them.
	Notes string `json:"notes,omitempty"`

	Status Status `json:"status"`
	// ReviewEndsAt is set exactly while the status is Delivered.
	ReviewEndsAt time.Time `json:"review_ends_at,omitzero"`
	// ExtendedDays counts the days added to the review of the latest delivery.
	ExtendedDays int       `json:"extended_days,omitempty"`
	CompletedAt  time.Time `json:"completed_at,omitzero"`
	CompletedBy  Completer `json:"completed_by,omitempty"`
	// ClearsAt is when the payment of a completed order clears, and ClearedAt
	// the same once the parties were told that it has.
	ClearsAt    time.Time `json:"clears_at,omitzero"`
	ClearedAt   time.Time `json:"cleared_at,omitzero"`
	CancelledAt time.Time `json:"cancelled_at,omitzero"`

	Deliveries   []Delivery    `json:"deliveries,omitempty"`
	Cancellation *Cancellation `json:"cancellation,omitempty"`
	// Changes is what the buyer asked for; set exactly while InRevision.
	Changes *ChangeRequest `json:"changes,omitempty"`

	// ReviewGeneration counts the review links that the buyer was given; 0 for
	// an order whose only link is a random one, from before links could be
	// renewed. See [Order.OpenedBy].
	ReviewGeneration int `json:"review_generation,omitempty"`
	// ReviewHash is the hash of the token of the link that works; "" for none
	// and for the generation 0.
	ReviewHash    string `json:"review_hash,omitempty"`
	ReviewRevoked bool   `json:"review_revoked,omitempty"`
	// ViewLinks are the links to look that work, in the order of their numbers,
	// and ViewLinksMade is the number of the last that was made.
	ViewLinks     []ViewLink `json:"view_links,omitempty"`
	ViewLinksMade int        `json:"view_links_made,omitempty"`

	// DueReminded and ReviewReminded are the due date and the end of the review
	// that need no reminder any more: it was told, or its moment was gone before.
	DueReminded    time.Time `json:"due_reminded,omitzero"`
	ReviewReminded time.Time `json:"review_reminded,omitzero"`

	// Version counts the stored changes, all but quiet ones (see [Quiet]); the
	// store sets it.
	Version int `json:"version"`
}

// Completer says what completed an order.
type Completer string

// An order completes by its buyer or because its review period ended.
const (
	ByBuyer        Completer = "buyer"
	ByReviewPeriod Completer = "review_period"
)

// Delivery is one numbered hand-over of finished work.
type Delivery struct {
	Number      int       `json:"number"`
	DeliveredAt time.Time `json:"delivered_at"`
	Description string    `json:"description"`
	Files       []File    `json:"files,omitempty"`
	Links       []Link    `json:"links,omitempty"`
	// Symlinks are the symbolic links among the files.
	Symlinks []Symlink `json:"symlinks,omitempty"`
	// Done are the IDs of the comments that the delivery takes up.
	Done []string `json:"done,omitempty"`
	// Arranged says that the seller chose the order of the files; otherwise
	// whoever shows them may sort them.
	Arranged bool `json:"arranged,omitempty"`

	// Heading is what stood on the order when it was delivered; older
	// deliveries have none.
	Heading Heading `json:"heading,omitzero"`
	// OpenedAt is when the buyer first saw the delivery, ArchiveDownloadedAt
	// when they first fetched all its files as one archive.
	OpenedAt            time.Time `json:"opened_at,omitzero"`
	ArchiveDownloadedAt time.Time `json:"archive_downloaded_at,omitzero"`
}

// Heading is what a receipt says of an order beside the delivery itself. It is
// kept with the delivery, because all of it can change afterwards.
type Heading struct {
	Title  string `json:"title"`
	Buyer  string `json:"buyer"`
	Seller string `json:"seller,omitempty"`
	Server string `json:"server,omitempty"` // its public address
}

// unopened reports whether it is known that the buyer has seen nothing of the
// delivery. Of deliveries from before this was recorded nothing is known.
func (d Delivery) unopened() bool {
	seen := !d.OpenedAt.IsZero() || !d.ArchiveDownloadedAt.IsZero() ||
		slices.ContainsFunc(d.Files, func(f File) bool { return !f.DownloadedAt.IsZero() })
	return !seen && d.Heading != Heading{}
}

// File is a delivered file. Path is what the seller called it, with slashes
// between folders; it is shown, and never used as a path on the server.
type File struct {
	ID     string `json:"id"`
	Path   string `json:"path" doc:"relative, with slashes between folders"`
	Size   int64  `json:"size" doc:"bytes"`
	SHA256 string `json:"sha256" doc:"64 hex digits"`
	CRC32  string `json:"crc32,omitempty" hidden:"true"` // of its upload; only for the server
	Type   string `json:"type,omitempty" doc:"media type, detected from the content"`
	// Executable says that the seller's system may run the file (POSIX mode).
	Executable bool `json:"executable,omitempty" doc:"the seller's system may run it"`
	// DownloadedAt is when the buyer first fetched the file by itself.
	DownloadedAt time.Time `json:"downloaded_at,omitzero" doc:"when the buyer first fetched it by itself; only for the seller"`
}

// Archive stands for all files of a delivery in one archive where one of them
// could be named; it is no file's ID.
const Archive = "archive"

// Link points at work that is kept elsewhere.
type Link struct {
	URL   string `json:"url" doc:"begins with https://; at most 2,000 bytes"`
	Label string `json:"label,omitempty"`
}

// ChangeRequest is the buyer's answer to a delivery that is not right yet.
type ChangeRequest struct {
	Delivery    int       `json:"delivery" doc:"the number of the delivery"`
	RequestedAt time.Time `json:"requested_at"`
	Message     string    `json:"message" doc:"empty when the points say it"`
	// Points counts the comments that were sent with it, see [Points].
	Points int `json:"points,omitempty" doc:"how many comments were sent with it"`
}

// Cancellation is an open proposal to cancel.
type Cancellation struct {
	ProposedBy Party     `json:"proposed_by"`
	ProposedAt time.Time `json:"proposed_at"`
	Message    string    `json:"message,omitempty"`
}

// Delivery returns the delivery with the given number.
func (o *Order) Delivery(number int) (Delivery, bool) {
	if number < 1 || number > len(o.Deliveries) {
		return Delivery{}, false
	}
	return o.Deliveries[number-1], true
}

// Late reports whether work is owed and its due date has passed.
func (o *Order) Late(now time.Time) bool {
	return o.Status.Owed() && now.After(o.DueAt)
}

// PaymentStatus is where the money of an order stands.
type PaymentStatus string

// The payment follows the order: pending until it completes, then clearing
// until ClearsAt, then cleared; void for a cancelled order.
const (
	Pending  PaymentStatus = "pending"
	Clearing PaymentStatus = "clearing"
	Cleared  PaymentStatus = "cleared"
	Void     PaymentStatus = "void"
)

// Payment returns the status of the payment at the given time.
func (o *Order) Payment(now time.Time) PaymentStatus {
	switch {
	case o.Status == Cancelled:
		return Void
	case o.Status != Completed:
		return Pending
	case now.Before(o.ClearsAt):
		return Clearing
	default:
		return Cleared
	}
}

// Account is a seller's account as the server keeps it.
type Account struct {
	ID           string    `json:"id"`
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	Language     Language  `json:"language,omitempty"`
	TimeZone     string    `json:"time_zone,omitempty"` // IANA name; "" when it is not known
	PasswordHash string    `json:"password_hash"`
	CreatedAt    time.Time `json:"created_at"`
	// DisabledAt is when the operator shut the account, zero for never. Its
	// seller cannot sign in; its orders and their buyers go on.
	DisabledAt time.Time `json:"disabled_at,omitzero"`
}

// Disabled reports whether the operator has shut the account.
func (a Account) Disabled() bool { return !a.DisabledAt.IsZero() }

// Upload is a file that reached the server whole. It belongs to a seller and
// an order and stays private until a delivery names it.
type Upload struct {
	ID       string `json:"id"`
	SellerID string `json:"seller_id"`
	OrderID  string `json:"order_id"`
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"` // lower-case hex, of the bytes as stored
	// CRC32 is the CRC-32 (IEEE) in lower-case hex; "" when an earlier version
	// began to receive the upload.
	CRC32      string    `json:"crc32,omitempty"`
	Type       string    `json:"type,omitempty"`
	FinishedAt time.Time `json:"finished_at"`
	// DeliveredIn is the number of the first delivery that names it, 0 for none.
	DeliveredIn int `json:"delivered_in,omitempty"`
}
