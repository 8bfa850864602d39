package app

import (
	"handover/app/internal/preflight"
	"handover/backend/order"
)

// The views are the page's data: plain values, times as RFC 3339 strings ("" for
// none), slices never nil. build/bindings writes their TypeScript types.

// State is the sign-in and the state of the connection.
type State struct {
	SignedIn bool   `json:"signedIn"`
	Trial    bool   `json:"trial"` // the server runs in this program, with sample orders
	Server   string `json:"server"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Online   bool   `json:"online"`
	// Intercepted is the answer of a proxy in the server's place, such as
	// "403 Forbidden"; "" for none.
	Intercepted string `json:"intercepted"`
	AsOf        string `json:"asOf"`        // when the server last answered
	MaxFileSize int64  `json:"maxFileSize"` // bytes, inclusive
	Version     string `json:"version"`
	// AskFolder is set until the seller has decided about a work folder.
	AskFolder bool `json:"askFolder"`
	// Recovery reports damaged drafts, until DismissRecovery.
	Recovery Recovery `json:"recovery"`
}

// Recovery says how a damaged or missing file of drafts was replaced.
type Recovery struct {
	Kind     string `json:"kind" enum:",copy,anew"` // "" for no damage; copy: restored from a copy; anew: replaced by an empty file
	AsOf     string `json:"asOf"`                   // when the copy was made
	SetAside string `json:"setAside"`               // path of the damaged file; "" if it was missing
}

// OrderRow is an order in the list.
type OrderRow struct {
	ID           string              `json:"id"`
	Title        string              `json:"title"`
	Buyer        string              `json:"buyer"`
	Status       order.Status        `json:"status"`
	Late         bool                `json:"late"`
	DueAt        string              `json:"dueAt"`
	ReviewEndsAt string              `json:"reviewEndsAt"`
	CompletedAt  string              `json:"completedAt"`
	CompletedBy  string              `json:"completedBy" enum:",buyer,review_period"`
	CancelledAt  string              `json:"cancelledAt"`
	Price        string              `json:"price"` // decimal, such as 120.00; "" for none
	Currency     string              `json:"currency"`
	Payment      order.PaymentStatus `json:"payment"`
	ClearsAt     string              `json:"clearsAt"`
	Deliveries   int                 `json:"deliveries"`
	// CancellationBy is the party that proposed to cancel, "" for none.
	CancellationBy string `json:"cancellationBy" enum:",seller,buyer"`
	CanDeliver     bool   `json:"canDeliver"`
	HasDraft       bool   `json:"hasDraft"`
	// Unread counts the buyer's actions that the seller has not seen on this
	// computer. UnreadMessages counts the messages among them.
	Unread         int `json:"unread"`
	UnreadMessages int `json:"unreadMessages"`
}

// OrderList is a part of the order list: the orders that are new or have changed
// since an earlier part.
type OrderList struct {
	Orders []OrderRow `json:"orders"`
	Gone   []string   `json:"gone"` // IDs of removed orders
	Anew   bool       `json:"anew"` // discard all earlier parts
	Mark   uint64     `json:"mark"` // argument of Orders for the next part
	More   bool       `json:"more"` // the next part is available
	AsOf   string     `json:"asOf"`
	// Offline is set while the server does not answer.
	Offline bool `json:"offline"`
}

// OrderPage holds the data of an order's page.
type OrderPage struct {
	Order         OrderRow       `json:"order"`
	PlacedAt      string         `json:"placedAt"`
	BuyerEmail    string         `json:"buyerEmail"`
	ChangeRequest string         `json:"changeRequest"` // the buyer's words, in revision
	Points        []Point        `json:"points"`        // all points that the buyer sent, by number
	Deliveries    []Delivery     `json:"deliveries"`    // newest first
	Draft         Draft          `json:"draft"`
	AsOf          string         `json:"asOf"`
	Offline       bool           `json:"offline"`
	Allowed       []order.Action `json:"allowed"` // the seller's possible actions
	Cancellation  Cancellation   `json:"cancellation"`
	Notes         string         `json:"notes"` // the seller's own
	Version       int            `json:"version"`
}

// Delivery is a submitted delivery.
type Delivery struct {
	Number      int          `json:"number"`
	DeliveredAt string       `json:"deliveredAt"`
	Description string       `json:"description"`
	Files       []SharedFile `json:"files"`
	Links       []Link       `json:"links"`
	Arranged    bool         `json:"arranged"` // the seller set the order of the files
	// OpenedAt and DownloadedAt are when the buyer first did so; "" for never.
	OpenedAt     string `json:"openedAt"`
	DownloadedAt string `json:"downloadedAt"`
}

// SharedFile is a file of a delivery.
type SharedFile struct {
	ID     string `json:"id"`
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Link is the address of work that is stored elsewhere.
type Link struct {
	URL   string `json:"url"`
	Label string `json:"label"`
}

// Draft is the delivery being prepared for an order.
type Draft struct {
	Order       string      `json:"order"`
	Description string      `json:"description"`
	Files       []DraftFile `json:"files"`
	Links       []Link      `json:"links"`
	Done        []string    `json:"done"`      // IDs of the points that are done
	UpdatedAt   string      `json:"updatedAt"` // "" for an empty draft
	Delivering  bool        `json:"delivering"`
	Revision    uint64      `json:"revision"` // grows with every change of the drafts
	Progress    Progress    `json:"progress"`
	// Notice says why a queued delivery failed, until DismissNotice.
	Notice   Problem `json:"notice"`
	Arranged bool    `json:"arranged"` // the seller set the order of the files
}

// DraftFile is a file of a draft.
type DraftFile struct {
	Path    string  `json:"path"`   // as the buyer sees it
	Source  string  `json:"source"` // path on this computer; "" for a file of an earlier delivery
	Size    int64   `json:"size"`
	Sent    int64   `json:"sent"` // bytes; while checking, bytes read
	State   string  `json:"state" enum:"settling,queued,checking,uploading,verified,problem"`
	SHA256  string  `json:"sha256"` // "" before it is verified
	Taken   bool    `json:"taken"`  // from an earlier delivery; not on this computer
	Problem Problem `json:"problem"`
	// InFolder is set for a file in the order's folder. Only moving it out of there
	// removes it from the draft.
	InFolder bool `json:"inFolder"`
}

// Progress sums up the uploads of a draft.
type Progress struct {
	Sent    int64 `json:"sent"`    // bytes
	Total   int64 `json:"total"`   // bytes
	Rate    int64 `json:"rate"`    // bytes a second, smoothed; 0 for unknown
	Seconds int64 `json:"seconds"` // left; -1 for unknown
}

// Problem is an error: a stable code that selects the page's text, and an English
// message. Code is "" for none.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Refused is a path that was not attached, with the reason.
type Refused struct {
	Path    string  `json:"path"`
	Problem Problem `json:"problem"`
}

// Attached is the draft after files were added, with the refused paths.
type Attached struct {
	Draft   Draft     `json:"draft"`
	Refused []Refused `json:"refused"`
}

// Finding is a sign that a file of the draft is unfinished.
type Finding struct {
	Code preflight.Code `json:"code"`
	Path string         `json:"path"` // of the file
	Hint string         `json:"hint"` // depends on the code: the word in the name, the duplicate's path, the type of the content such as zip, or the owner of a placeholder
}
