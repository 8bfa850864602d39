package order

import (
	"fmt"
	"slices"
	"time"
)

// Status is the status of an order. It does not include lateness, see [Order.Late].
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

// The parties. A viewer has a [ViewLink] from the buyer, and may view and comment
// but not decide. Clock acts only through [Order.Advance].
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

// Language is the language of a party; "" means English.
type Language string

// The languages of Handover.
const (
	English Language = "en"
	German  Language = "de"
)

// Known reports whether Handover has the language. It is true for "".
func (l Language) Known() bool { return l == "" || l == English || l == German }

// Contact identifies the buyer of an order; buyers have no account.
type Contact struct {
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Language Language `json:"language,omitempty" enum:"en,de" doc:"of e-mails and of the page; English when missing"`
	// TimeZone is an IANA name, such as Europe/Berlin; "" if unknown.
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

// Order is one order of a buyer, with all its deliveries. A zero time means "none".
// Change it through [Order.Apply] and [Order.Advance] only.
type Order struct {
	ID       string    `json:"id"`
	SellerID string    `json:"seller_id"`
	Title    string    `json:"title"`
	Buyer    Contact   `json:"buyer"`
	Price    Money     `json:"price"`
	PlacedAt time.Time `json:"placed_at"`
	DueAt    time.Time `json:"due_at"`
	// Notes are private to the seller.
	Notes string `json:"notes,omitempty"`

	Status Status `json:"status"`
	// ReviewEndsAt is set exactly while the status is Delivered.
	ReviewEndsAt time.Time `json:"review_ends_at,omitzero"`
	// ExtendedDays counts the days added to the review of the latest delivery.
	ExtendedDays int       `json:"extended_days,omitempty"`
	CompletedAt  time.Time `json:"completed_at,omitzero"`
	CompletedBy  Completer `json:"completed_by,omitempty"`
	// ClearsAt is the time when the payment of a completed order clears. ClearedAt is
	// the same time, set once the payment has cleared.
	ClearsAt    time.Time `json:"clears_at,omitzero"`
	ClearedAt   time.Time `json:"cleared_at,omitzero"`
	CancelledAt time.Time `json:"cancelled_at,omitzero"`

	Deliveries   []Delivery    `json:"deliveries,omitempty"`
	Cancellation *Cancellation `json:"cancellation,omitempty"`
	// Changes is the buyer's change request; set exactly while InRevision.
	Changes *ChangeRequest `json:"changes,omitempty"`

	// ReviewGeneration counts the buyer's review links. It is 0 for an order from
	// before links could be renewed, whose only link is random. See
	// [Order.OpenedBy].
	ReviewGeneration int `json:"review_generation,omitempty"`
	// ReviewHash is the hash of the token of the working link; "" without a link and
	// for generation 0.
	ReviewHash    string `json:"review_hash,omitempty"`
	ReviewRevoked bool   `json:"review_revoked,omitempty"`
	// ViewLinks are the working view links, sorted by number. ViewLinksMade is the
	// number of the latest link, including ended links.
	ViewLinks     []ViewLink `json:"view_links,omitempty"`
	ViewLinksMade int        `json:"view_links_made,omitempty"`

	// DueReminded and ReviewReminded are the due date and the end of the review whose
	// reminder was sent or skipped.
	DueReminded    time.Time `json:"due_reminded,omitzero"`
	ReviewReminded time.Time `json:"review_reminded,omitzero"`

	// Version counts the stored changes, except quiet ones (see [Quiet]). The store
	// sets it.
	Version int `json:"version"`
}

// Completer is the cause of a completion.
type Completer string

// An order completes by its buyer or because its review period ended.
const (
	ByBuyer        Completer = "buyer"
	ByReviewPeriod Completer = "review_period"
)

// Delivery is one numbered delivery of finished work.
type Delivery struct {
	Number      int       `json:"number"`
	DeliveredAt time.Time `json:"delivered_at"`
	Description string    `json:"description"`
	Files       []File    `json:"files,omitempty"`
	Links       []Link    `json:"links,omitempty"`
	// Symlinks are the symbolic links among the files.
	Symlinks []Symlink `json:"symlinks,omitempty"`
	// Done are the IDs of the comments that the delivery resolves.
	Done []string `json:"done,omitempty"`
	// Arranged means that the seller chose the order of the files. Otherwise a client
	// may sort them.
	Arranged bool `json:"arranged,omitempty"`

	// Heading is the heading at the time of the delivery; older deliveries have none.
	Heading Heading `json:"heading,omitzero"`
	// OpenedAt is the buyer's first view of the delivery. ArchiveDownloadedAt is their
	// first download of all files as one archive.
	OpenedAt            time.Time `json:"opened_at,omitzero"`
	ArchiveDownloadedAt time.Time `json:"archive_downloaded_at,omitzero"`
}

// Heading is the part of a receipt that describes the order. The delivery keeps a
// copy, because the order can change afterwards.
type Heading struct {
	Title  string `json:"title"`
	Buyer  string `json:"buyer"`
	Seller string `json:"seller,omitempty"`
	Server string `json:"server,omitempty"` // its public address
}

// unopened reports whether the buyer has certainly not seen the delivery. For
// deliveries from before views were recorded this is unknown.
func (d Delivery) unopened() bool {
	seen := !d.OpenedAt.IsZero() || !d.ArchiveDownloadedAt.IsZero() ||
		slices.ContainsFunc(d.Files, func(f File) bool { return !f.DownloadedAt.IsZero() })
	return !seen && d.Heading != Heading{}
}

// File is a delivered file. Path is the seller's name for it, with slashes between
// folders. It is for display, and never a path on the server.
type File struct {
	ID     string `json:"id"`
	Path   string `json:"path" doc:"relative, with slashes between folders"`
	Size   int64  `json:"size" doc:"bytes"`
	SHA256 string `json:"sha256" doc:"64 hex digits"`
	CRC32  string `json:"crc32,omitempty" hidden:"true"` // of its upload; only for the server
	Type   string `json:"type,omitempty" doc:"media type, detected from the content"`
	// Executable means that the seller's system may run the file (POSIX mode).
	Executable bool `json:"executable,omitempty" doc:"the seller's system may run it"`
	// DownloadedAt is the buyer's first download of the single file.
	DownloadedAt time.Time `json:"downloaded_at,omitzero" doc:"when the buyer first fetched it by itself; only for the seller"`
}

// Archive is used in place of a file's ID for the archive of all files of a
// delivery. No file has this ID.
const Archive = "archive"

// Link is a link to work on another server.
type Link struct {
	URL   string `json:"url" doc:"begins with https://; at most 2,000 bytes"`
	Label string `json:"label,omitempty"`
}

// ChangeRequest is the buyer's request to change a delivery.
type ChangeRequest struct {
	Delivery    int       `json:"delivery" doc:"the number of the delivery"`
	RequestedAt time.Time `json:"requested_at"`
	Message     string    `json:"message" doc:"empty when the points say it"`
	// Points counts the comments that the request sent, see [Points].
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

// Late reports whether the seller owes work and the due date has passed.
func (o *Order) Late(now time.Time) bool {
	return o.Status.Owed() && now.After(o.DueAt)
}

// PaymentStatus is the status of an order's payment.
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

// Account is a seller's account on the server.
type Account struct {
	ID           string    `json:"id"`
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	Language     Language  `json:"language,omitempty"`
	TimeZone     string    `json:"time_zone,omitempty"` // IANA name; "" if unknown
	PasswordHash string    `json:"password_hash"`
	CreatedAt    time.Time `json:"created_at"`
	// DisabledAt is the time when the operator disabled the account, zero for never.
	// The seller cannot sign in. Orders continue, and buyers keep access.
	DisabledAt time.Time `json:"disabled_at,omitzero"`
}

// Disabled reports whether the operator has disabled the account.
func (a Account) Disabled() bool { return !a.DisabledAt.IsZero() }

// Upload is a complete file on the server. It belongs to a seller and an order, and
// is private until a delivery names it.
type Upload struct {
	ID       string `json:"id"`
	SellerID string `json:"seller_id"`
	OrderID  string `json:"order_id"`
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"` // lower-case hex, of the bytes as stored
	// CRC32 is the CRC-32 (IEEE) in lower-case hex; "" for uploads that started under
	// an earlier version.
	CRC32      string    `json:"crc32,omitempty"`
	Type       string    `json:"type,omitempty"`
	FinishedAt time.Time `json:"finished_at"`
	// DeliveredIn is the number of the first delivery with the upload, 0 for none.
	DeliveredIn int `json:"delivered_in,omitempty"`
}
