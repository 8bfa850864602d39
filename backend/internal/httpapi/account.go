package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
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

func (s *Server) accountRoutes() {
	seller := huma.Middlewares{s.sellerOnly}
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/account", "account", "The account that is signed in", seller), s.account)
	huma.Register(s.api, openapi.Operation("PATCH", "/api/v1/account", "change-account", "Change name, language or time zone", seller, http.StatusUnprocessableEntity), s.changeAccount)
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/account/password", "change-password", "Change the password and end all other sessions", seller,
		http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests), s.changePassword)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/account/sessions", "list-sessions", "Where the account is signed in", seller), s.listSessions)
	huma.Register(s.api, openapi.Operation("DELETE", "/api/v1/account/sessions/{session}", "end-session", "Sign one device out", seller), s.endSession)
}

func (s *Server) account(ctx context.Context, _ *struct{}) (*body[api.Account], error) {
	return &body[api.Account]{viewAccount(principalOf(ctx).Account)}, nil
}

func viewAccount(a order.Account) api.Account {
	return api.Account{ID: a.ID, Email: a.Email, Name: a.Name, Language: a.Language, TimeZone: a.TimeZone}
}

func (s *Server) changeAccount(ctx context.Context, in *struct{ Body api.AccountPatch }) (*body[api.Account], error) {
	a, err := s.Profile.ChangeProfile(ctx, principalOf(ctx).Account.ID, in.Body)
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.Account]{viewAccount(a)}, nil
}

func (s *Server) changePassword(ctx context.Context, in *struct{ Body api.NewPassword }) (*struct{}, error) {
	a := principalOf(ctx)
	if err := s.Profile.ChangePassword(ctx, a.Account, a.Token, in.Body); err != nil {
		return nil, s.refuse(err)
	}
	s.signedOut.Ring()
	return nil, nil
}

func (s *Server) listSessions(ctx context.Context, _ *struct{}) (*body[api.SignedInList], error) {
	a := principalOf(ctx)
	list, err := s.Profile.SignedIn(ctx, a.Account.ID, a.Token)
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.SignedInList]{api.SignedInList{Sessions: list}}, nil
}

func (s *Server) endSession(ctx context.Context, in *struct {
	Session string `path:"session" maxLength:"64" doc:"the session's ID, from the list of sessions"`
}) (*struct{}, error) {
	if err := s.Profile.EndSession(ctx, principalOf(ctx).Account.ID, in.Session); err != nil {
		return nil, s.refuse(err)
	}
	s.signedOut.Ring()
	return nil, nil
}
