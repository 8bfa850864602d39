package httpapi

import (
	"context"
	"net/http"

	"handover/backend/api"
	"handover/backend/internal/httpapi/live"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/order"
)

// Profile changes the account of a signed-in seller. Its errors have the
// codes Invalid, NotFound, Conflict or RateLimited.
type Profile interface {
	ChangeProfile(ctx context.Context, accountID string, p api.AccountPatch) (order.Account, error)
	// ChangePassword ends all sessions except the session of the token.
	ChangePassword(ctx context.Context, a order.Account, token string, p api.NewPassword) error
	// SignedIn lists the sessions of an account, and marks the session of the token.
	SignedIn(ctx context.Context, accountID, token string) ([]api.SignedIn, error)
	EndSession(ctx context.Context, accountID, id string) error
}

// accountRoutes show and change the account of the signed-in seller.
type accountRoutes struct {
	profile   Profile
	signedOut *live.Bell
}

func (s accountRoutes) register(r *routes) {
	seller := r.sellers()
	add(r, openapi.Operation("GET", "/api/v1/account", "account", "The account that is signed in", seller), s.get)
	add(r, openapi.Operation("PATCH", "/api/v1/account", "change-account", "Change name, language or time zone", seller, http.StatusUnprocessableEntity), s.change)
	add(r, openapi.Operation("POST", "/api/v1/account/password", "change-password", "Change the password and end all other sessions", seller,
		http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests), s.changePassword)
	add(r, openapi.Operation("GET", "/api/v1/account/sessions", "list-sessions", "Where the account is signed in", seller), s.sessions)
	add(r, openapi.Operation("DELETE", "/api/v1/account/sessions/{session}", "end-session", "Sign one device out", seller), s.endSession)
}

func (s accountRoutes) get(ctx context.Context, _ *struct{}) (*body[api.Account], error) {
	return &body[api.Account]{viewAccount(principalOf(ctx).Account)}, nil
}

func viewAccount(a order.Account) api.Account {
	return api.Account{ID: a.ID, Email: a.Email, Name: a.Name, Language: a.Language, TimeZone: a.TimeZone}
}

func (s accountRoutes) change(ctx context.Context, in *struct{ Body api.AccountPatch }) (*body[api.Account], error) {
	changed, err := s.profile.ChangeProfile(ctx, principalOf(ctx).Account.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[api.Account]{viewAccount(changed)}, nil
}

func (s accountRoutes) changePassword(ctx context.Context, in *struct{ Body api.NewPassword }) (*struct{}, error) {
	p := principalOf(ctx)
	if err := s.profile.ChangePassword(ctx, p.Account, p.Token, in.Body); err != nil {
		return nil, err
	}
	s.signedOut.Ring()
	return nil, nil
}

func (s accountRoutes) sessions(ctx context.Context, _ *struct{}) (*body[api.SignedInList], error) {
	p := principalOf(ctx)
	list, err := s.profile.SignedIn(ctx, p.Account.ID, p.Token)
	if err != nil {
		return nil, err
	}
	return &body[api.SignedInList]{api.SignedInList{Sessions: list}}, nil
}

func (s accountRoutes) endSession(ctx context.Context, in *struct {
	Session string `path:"session" maxLength:"64" doc:"the session's ID, from the list of sessions"`
}) (*struct{}, error) {
	if err := s.profile.EndSession(ctx, principalOf(ctx).Account.ID, in.Session); err != nil {
		return nil, err
	}
	s.signedOut.Ring()
	return nil, nil
}
