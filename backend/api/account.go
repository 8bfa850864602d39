package api

import (
	"context"
	"time"

	"handover/backend/order"
)

// Account is a seller's account as its seller sees it.
type Account struct {
	ID       string         `json:"id"`
	Email    string         `json:"email"`
	Name     string         `json:"name"`
	Language order.Language `json:"language,omitempty" enum:"en,de" doc:"of e-mails; English when missing"`
	TimeZone string         `json:"time_zone,omitempty" doc:"IANA name, such as Europe/Berlin: e-mails give times in it"`
}

// AccountPatch changes the fields that are not nil.
type AccountPatch struct {
	Name     *string         `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Language *order.Language `json:"language,omitempty" enum:"en,de" doc:"of e-mails"`
	TimeZone *string         `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name, such as Europe/Berlin; empty for UTC"`
}

// NewPassword changes a password. It needs the current one.
type NewPassword struct {
	Current string `json:"current" minLength:"1" maxLength:"1024"`
	New     string `json:"new" doc:"at least 8 characters, at most 1,024 bytes"`
}

// SignedIn is a session of an account. Its ID is not a token.
type SignedIn struct {
	ID        string    `json:"id" doc:"names the session; it is not the token"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at" doc:"to the hour"`
	Current   bool      `json:"current" doc:"it is the session that asks"`
}

// SignedInList lists sessions, the last used first.
type SignedInList struct {
	Sessions []SignedIn `json:"sessions" nullable:"false"`
}

// ChangePassword changes the seller's password, and ends all other sessions.
func (c *Client) ChangePassword(ctx context.Context, p NewPassword) error {
	_, err := call[struct{}](ctx, c, "POST", "/account/password", p)
	return err
}
