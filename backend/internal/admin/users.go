package admin

import (
	"context"
	"net/http"

	"handover/backend/api"
)

// Users manages sellers' accounts. The e-mail address names an account; its case
// does not matter.
type Users interface {
	AddUser(ctx context.Context, u api.NewUser) (api.User, error)
	Users(ctx context.Context) ([]api.User, error)
	// SetUserDisabled disables an account, which ends its sessions, or enables
	// it. Its orders stay.
	SetUserDisabled(ctx context.Context, email string, disabled bool) (api.User, error)
	// ResetPassword ends the account's sessions.
	ResetPassword(ctx context.Context, email, password string) (api.User, error)
}

type setDisabled struct {
	Email    string `json:"email"`
	Disabled bool   `json:"disabled"`
}

type resetPassword struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func handleUsers(mux *http.ServeMux, op Users) {
	mux.Handle("POST /user/add", call(op.AddUser))
	mux.Handle("POST /user/list", call(func(ctx context.Context, _ struct{}) ([]api.User, error) { return op.Users(ctx) }))
	mux.Handle("POST /user/disable", call(func(ctx context.Context, in setDisabled) (api.User, error) {
		return op.SetUserDisabled(ctx, in.Email, in.Disabled)
	}))
	mux.Handle("POST /user/reset", call(func(ctx context.Context, in resetPassword) (api.User, error) {
		return op.ResetPassword(ctx, in.Email, in.Password)
	}))
}

// AddUser implements [Users].
func (c *Client) AddUser(ctx context.Context, u api.NewUser) (api.User, error) {
	return ask[api.User](ctx, c, "user/add", u)
}

// Users implements [Users].
func (c *Client) Users(ctx context.Context) ([]api.User, error) {
	return ask[[]api.User](ctx, c, "user/list", struct{}{})
}

// SetUserDisabled implements [Users].
func (c *Client) SetUserDisabled(ctx context.Context, email string, disabled bool) (api.User, error) {
	return ask[api.User](ctx, c, "user/disable", setDisabled{email, disabled})
}

// ResetPassword implements [Users].
func (c *Client) ResetPassword(ctx context.Context, email, password string) (api.User, error) {
	return ask[api.User](ctx, c, "user/reset", resetPassword{email, password})
}
