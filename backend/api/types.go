// Package api has the wire types between Handover's server and its clients, and
// the typed client. The server describes the same types at /openapi.json.
package api

import (
	"time"

	"handover/backend/order"
)

// Order is an order as a party or a viewer sees it. Viewers do not see
// the price, the payment, the buyer's address, and the messages of the parties.
type Order struct {
	ID           string          `json:"id"`
	Title        string          `json:"title"`
	Buyer        order.Contact   `json:"buyer"`
	Seller       string          `json:"seller" doc:"the seller's name"`
	Price        Price           `json:"price" doc:"empty when none was agreed on, and for a viewer"`
	PlacedAt     time.Time       `json:"placed_at"`
	DueAt        time.Time       `json:"due_at" doc:"when the work is due"`
	Notes        string          `json:"notes,omitempty" doc:"the seller's own; never in an answer to the buyer"`
	Status       order.Status    `json:"status" enum:"active,delivered,in_revision,completed,cancelled"`
	Late         bool            `json:"late" doc:"work is owed and its due date has passed"`
	ReviewEndsAt *time.Time      `json:"review_ends_at" doc:"when the order completes by itself; null unless a delivery is under review"`
	CompletedAt  *time.Time      `json:"completed_at"`
	CompletedBy  order.Completer `json:"completed_by,omitempty" enum:"buyer,review_period" doc:"review_period: nobody answered before it ended"`
	CancelledAt  *time.Time      `json:"cancelled_at"`
	Payment      Payment         `json:"payment"`
	Deliveries   []Delivery      `json:"deliveries" nullable:"false" doc:"oldest first"`
	Cancellation *Cancellation   `json:"cancellation"`
	// ChangeRequest is the buyer's request while the order is in revision.
	ChangeRequest *order.ChangeRequest `json:"change_request"`
	// ExtensionDaysLeft is the longest extension, in days, that the review of the latest delivery can still get at once.
	ExtensionDaysLeft int            `json:"extension_days_left" doc:"by how many days the review can still be extended at once"`
	Allowed           []order.Action `json:"allowed" nullable:"false" doc:"what the asker may do now"`
	Viewer            string         `json:"viewer,omitempty" doc:"whom the link was made for, when the asker may only look"`
	Version           int            `json:"version" doc:"grows with every change that the parties decide on"`
	// Drafts is only in answers to the seller about one order.
	Drafts []order.DraftPresence `json:"drafts,omitempty" doc:"on which computers a delivery is being prepared; only for the seller"`
	// Points is in answers to the seller about one order.
	Points     []Comment `json:"points,omitempty" doc:"what the buyer has sent of comments, with every change request; only for the seller"`
	ServerTime time.Time `json:"server_time" doc:"the server's clock when it answered"`
}

// Price is an amount as a decimal number, such as 120.00, and its ISO 4217 currency.
type Price struct {
	Amount   string `json:"amount" doc:"a decimal number with at most two places, such as 120.00"`
	Currency string `json:"currency" doc:"ISO 4217 code, such as EUR"`
}

// Payment is the state of an order's payment.
type Payment struct {
	Status   order.PaymentStatus `json:"status,omitempty" enum:"pending,clearing,cleared,void" doc:"missing for a viewer"`
	ClearsAt *time.Time          `json:"clears_at" doc:"when the payment of a completed order clears"`
}

// Delivery is one numbered hand-over.
type Delivery struct {
	Number      int             `json:"number" doc:"from 1"`
	DeliveredAt time.Time       `json:"delivered_at"`
	Description string          `json:"description"`
	Files       []order.File    `json:"files" nullable:"false"`
	Links       []order.Link    `json:"links" nullable:"false"`
	Symlinks    []order.Symlink `json:"symlinks,omitempty" doc:"symbolic links among the files"`
	Done        []string        `json:"done,omitempty" doc:"the IDs of the points that the delivery takes up"`
	Arranged    bool            `json:"arranged,omitempty" doc:"the seller chose the order of the files"`
	// OpenedAt and ArchiveDownloadedAt are for the seller; the buyer gets neither
	// them nor the files' downloaded_at.
	OpenedAt            *time.Time `json:"opened_at,omitempty" doc:"when the buyer first saw the delivery; only for the seller"`
	ArchiveDownloadedAt *time.Time `json:"archive_downloaded_at,omitempty" doc:"when the buyer first fetched all files as one zip; only for the seller"`
}

// Cancellation is an open proposal to cancel the order.
type Cancellation struct {
	ProposedBy order.Party `json:"proposed_by" doc:"seller or buyer"`
	ProposedAt time.Time   `json:"proposed_at"`
	LapsesAt   time.Time   `json:"lapses_at" doc:"when the proposal ends without an answer"`
	Message    string      `json:"message,omitempty"`
}

// PlacedOrder is a new order with the buyer's review link.
type PlacedOrder struct {
	Order
	ReviewURL string `json:"review_url" doc:"the link that opens the order for its buyer"`
}

// ReviewLink is the buyer's link to an order.
type ReviewLink struct {
	// ReviewURL opens the order; "" when the link is revoked, and for old
	// orders whose link the server cannot derive.
	ReviewURL string `json:"review_url" doc:"empty when no link works, or the order is too old for its link to be shown: renew it then"`
	Revoked   bool   `json:"revoked"`
}

// NewOrder is a request to place an order.
type NewOrder struct {
	Title string        `json:"title" minLength:"1" maxLength:"200"`
	Buyer order.Contact `json:"buyer"`
	DueAt time.Time     `json:"due_at" doc:"between the years 2000 and 2200"`
	Price *Price        `json:"price,omitempty"`
	Notes string        `json:"notes,omitempty" maxLength:"2500" doc:"the seller's own; the buyer never sees them"`
}

// OrderEdit changes the agreement. Missing fields stay unchanged.
type OrderEdit struct {
	Title *string    `json:"title,omitempty" minLength:"1" maxLength:"200"`
	DueAt *time.Time `json:"due_at,omitempty" doc:"the buyer is told"`
	Notes *string    `json:"notes,omitempty" maxLength:"2500" doc:"the seller's own; the buyer never sees them"`
}

// DraftHere reports that a delivery is being prepared on a computer of the seller.
type DraftHere struct {
	Device string `json:"device" maxLength:"64" doc:"ID of the computer, always the same"`
	Name   string `json:"name" maxLength:"200" doc:"of the computer, as the seller knows it"`
	Files  int    `json:"files" minimum:"0" maximum:"10000" doc:"how many files the draft has"`
	Gone   bool   `json:"gone,omitempty" doc:"nothing is prepared there any more"`
}

// EventPage is a part of an order's history, oldest first.
type EventPage struct {
	Events []order.Event `json:"events" nullable:"false"`
	// Next is the after of the next page, 0 on the last.
	Next uint64 `json:"next,omitempty" doc:"the after of the next page; missing on the last"`
}

// OrderPage is one page of a list; Cursor asks for the next and is empty on the last.
type OrderPage struct {
	Orders []Order `json:"orders" nullable:"false"`
	Cursor string  `json:"cursor,omitempty" doc:"asks for the next page; missing on the last"`
}

// Summary counts a seller's orders by status. Late orders are counted with
// their status too.
type Summary struct {
	Active     int `json:"active"`
	Delivered  int `json:"delivered"`
	InRevision int `json:"in_revision"`
	Completed  int `json:"completed"`
	Cancelled  int `json:"cancelled"`
	Late       int `json:"late" doc:"active or in revision after their due date"`
}

// NewDelivery delivers finished work.
type NewDelivery struct {
	Description    string          `json:"description" doc:"1 to 2,500 characters"`
	Files          []DeliveredFile `json:"files,omitempty" nullable:"false" doc:"at most 10,000, each path once"`
	Links          []order.Link    `json:"links,omitempty" nullable:"false" doc:"at most 100"`
	Symlinks       []order.Symlink `json:"symlinks,omitempty" nullable:"false" maxItems:"1000" doc:"symbolic links among the files; their targets are relative and stay inside the delivery"`
	Arranged       bool            `json:"arranged,omitempty" doc:"the seller chose the order of the files"`
	ConfirmNoFiles bool            `json:"confirm_no_files,omitempty" doc:"a delivery with neither files nor links is meant"`
	Done           []string        `json:"done,omitempty" nullable:"false" maxItems:"500" doc:"the IDs of the points that the delivery takes up, each once"`
}

// DeliveredFile names a finished upload, with the path, size and digest that the seller has.
type DeliveredFile struct {
	Upload     string `json:"upload" doc:"the upload's ID, the end of its Location"`
	Path       string `json:"path" doc:"relative, with slashes between folders; at most 1,024 bytes"`
	Size       int64  `json:"size" doc:"bytes"`
	SHA256     string `json:"sha256" doc:"64 hex digits"`
	Executable bool   `json:"executable,omitempty" doc:"the seller's system may run it"`
}

// Credentials sign a seller in.
type Credentials struct {
	Email    string `json:"email" minLength:"1" maxLength:"320"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
}

// Session is what sign-in returns; the token is sent as "Authorization: Bearer".
type Session struct {
	Token string `json:"token" doc:"sent as \"Authorization: Bearer TOKEN\""`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Server has the server's version and limits.
type Server struct {
	Version        string    `json:"version"`
	MaxFileSize    int64     `json:"max_file_size" doc:"bytes, inclusive"`
	ReviewPeriod   string    `json:"review_period" doc:"such as 72h0m0s"`
	ClearingPeriod string    `json:"clearing_period" doc:"from the completion of an order until its payment clears, such as 336h0m0s"`
	Time           time.Time `json:"time"`
}

// Message is the body of the actions that carry a text.
type Message struct {
	Message string `json:"message,omitempty" doc:"at most 2,500 characters"`
}

// TimeZone is the buyer's time zone.
type TimeZone struct {
	TimeZone string `json:"time_zone" maxLength:"64" doc:"IANA name, such as Europe/Berlin"`
}

// Extension asks for more days of review.
type Extension struct {
	Days int `json:"days" doc:"1 to 7, and no more than the order's extension_days_left"`
}

// Problem is an error answer as of RFC 9457 with a stable code.
type Problem struct {
	Title   string         `json:"title" doc:"the name of the HTTP status"`
	Status  int            `json:"status" doc:"the HTTP status"`
	Detail  string         `json:"detail" doc:"what is wrong, in English"`
	Code    string         `json:"code" doc:"what kind of refusal it is; codes never change their meaning"`
	Field   string         `json:"field,omitempty" doc:"of invalid: the value that is wrong, such as buyer.email"`
	Allowed []order.Action `json:"allowed,omitempty" doc:"of conflict: what the asker may do instead"`
	Version int            `json:"version,omitempty" doc:"of stale_version: the order's version now"`
	Errors  []LineError    `json:"errors,omitempty" doc:"of an import: what is wrong, by line"`
}

// NewUser is a request for a seller's account.
type NewUser struct {
	Email    string         `json:"email"`
	Name     string         `json:"name"`
	Password string         `json:"password"`
	Language order.Language `json:"language,omitempty"`
}

// User is a seller's account as the operator sees it.
type User struct {
	ID         string         `json:"id"`
	Email      string         `json:"email"`
	Name       string         `json:"name"`
	Language   order.Language `json:"language,omitempty"`
	CreatedAt  time.Time      `json:"created_at"`
	DisabledAt time.Time      `json:"disabled_at,omitzero"`
}
