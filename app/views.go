package app

import (
	"handover/app/internal/preflight"
	"handover/backend/order"
)

// The views are what the window sees: plain values, times as RFC 3339 strings
// ("" for none), slices never nil.

// State says who is signed in where, and whether the server answers.
type State struct {
	SignedIn bool   `json:"signedIn"`
	Trial    bool   `json:"trial"` // the server runs in this program, with sample orders
	Server   string `json:"server"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Online   bool   `json:"online"`
	// Intercepted is what answers in the server's place, such as "403 Forbidden".
	Intercepted string `json:"intercepted"`
	AsOf        string `json:"asOf"`        // when the server last answered
	MaxFileSize int64  `json:"maxFileSize"` // bytes, inclusive
	Version     string `json:"version"`
	// AskFolder is set until the seller has said whether to have a work folder.
	AskFolder bool `json:"askFolder"`
	// Recovery is what was done about damaged drafts, until DismissRecovery.
	Recovery Recovery `json:"recovery"`
}

// Recovery says that the file of drafts was damaged or had gone.
type Recovery struct {
	Kind     string `json:"kind" enum:",copy,anew"` // "" for none; copy: restored from a copy; anew: there was none
	AsOf     string `json:"asOf"`                   // of the copy
	SetAside string `json:"setAside"`               // where the damaged file is; "" when it had gone
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
	// Unread is how much the buyer did that was not looked at on this
	// computer, and UnreadMessages how much of it are messages.
	Unread         int `json:"unread"`
	UnreadMessages int `json:"unreadMessages"`
}

// OrderList is a part of the list of orders: those that are new, or no longer
// as an earlier part said.
type OrderList struct {
	Orders []OrderRow `json:"orders"`
	Gone   []string   `json:"gone"` // IDs of orders that are there no more
	Anew   bool       `json:"anew"` // what earlier parts said holds no more
	Mark   uint64     `json:"mark"` // asks for what comes after this part
	More   bool       `json:"more"` // which is something already
	AsOf   string     `json:"asOf"`
	// Offline is set while the server does not answer.
	Offline bool `json:"offline"`
}

// OrderPage is everything the page of one order shows.
type OrderPage struct {
	Order         OrderRow       `json:"order"`
	PlacedAt      string         `json:"placedAt"`
	BuyerEmail    string         `json:"buyerEmail"`
	ChangeRequest string         `json:"changeRequest"` // the buyer's words, in revision
	Points        []Point        `json:"points"`        // what the buyer ever pinned and sent, by number
	Deliveries    []Delivery     `json:"deliveries"`    // newest first
	Draft         Draft          `json:"draft"`
	AsOf          string         `json:"asOf"`
	Offline       bool           `json:"offline"`
	Allowed       []order.Action `json:"allowed"` // what the seller may do now
	Cancellation  Cancellation   `json:"cancellation"`
	Notes         string         `json:"notes"` // the seller's own
	Version       int            `json:"version"`
}

// Delivery is one that was made.
type Delivery struct {
	Number      int          `json:"number"`
	DeliveredAt string       `json:"deliveredAt"`
	Description string       `json:"description"`
	Files       []SharedFile `json:"files"`
	Links       []Link       `json:"links"`
	Arranged    bool         `json:"arranged"` // the order of the files is the seller's
	// OpenedAt and DownloadedAt are when the buyer first did so, "" for not yet.
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

// Link points at work that is kept elsewhere.
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
	UpdatedAt   string      `json:"updatedAt"` // "" when nothing was prepared yet
	Delivering  bool        `json:"delivering"`
	Revision    uint64      `json:"revision"` // greater in what was read later
	Progress    Progress    `json:"progress"`
	// Notice is why a queued delivery was not made, until DismissNotice.
	Notice   Problem `json:"notice"`
	Arranged bool    `json:"arranged"` // the order of the files is the seller's
}

// DraftFile is a file of a draft.
type DraftFile struct {
	Path    string  `json:"path"`   // as the buyer will see it
	Source  string  `json:"source"` // where it lies on this computer
	Size    int64   `json:"size"`
	Sent    int64   `json:"sent"` // or read, while checking
	State   string  `json:"state" enum:"settling,queued,checking,uploading,verified,problem"`
	SHA256  string  `json:"sha256"` // "" before it is verified
	Taken   bool    `json:"taken"`  // of an earlier delivery; it is not on this computer
	Problem Problem `json:"problem"`
	// InFolder is set for a file that leaves the draft with the order's folder,
	// and in no other way.
	InFolder bool `json:"inFolder"`
}

// Progress sums up the uploads of a draft.
type Progress struct {
	Sent    int64 `json:"sent"`    // bytes
	Total   int64 `json:"total"`   // bytes
	Rate    int64 `json:"rate"`    // bytes a second, smoothed; 0 for unknown
	Seconds int64 `json:"seconds"` // left; -1 for unknown
}

// Problem is a refusal or fault: a stable code for the screen's text, and the
// plain English of it. Code is "" for none.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Refused is a path that was not attached, and why.
type Refused struct {
	Path    string  `json:"path"`
	Problem Problem `json:"problem"`
}

// Attached is the draft after files were added, with what was refused.
type Attached struct {
	Draft   Draft     `json:"draft"`
	Refused []Refused `json:"refused"`
}

// Finding is something in a draft that looks unfinished.
type Finding struct {
	Code preflight.Code `json:"code"`
	Path string         `json:"path"` // of the file
	Hint string         `json:"hint"` // the word in the name, the twin's path, the kind of its content, such as zip, or whose placeholder it is
}
