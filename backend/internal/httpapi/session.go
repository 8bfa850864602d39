package httpapi

import (
	"context"
	"net/http"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/live"
	"handover/backend/internal/httpapi/middleware"
	"handover/backend/internal/httpapi/openapi"
)

// sessionRoutes sign sellers in and out.
type sessionRoutes struct {
	accounts  access.Accounts
	signedOut *live.Bell
}

func (s sessionRoutes) register(r *routes) {
	add(r, openapi.Operation("POST", "/api/v1/session", "sign-in", "Sign a seller in", nil, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests), s.signIn)
	add(r, openapi.Operation("DELETE", "/api/v1/session", "sign-out", "Sign out", r.sellers()), s.signOut)
}

type signInRequest struct{ Body api.Credentials }

func (s sessionRoutes) signIn(ctx context.Context, in *signInRequest) (*body[api.Session], error) {
	a, token, err := s.accounts.SignIn(ctx, in.Body.Email, in.Body.Password, middleware.Client(ctx))
	if err != nil {
		return nil, err
	}
	return &body[api.Session]{api.Session{Token: token, Name: a.Name, Email: a.Email}}, nil
}

func (s sessionRoutes) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if err := s.accounts.SignOut(ctx, principalOf(ctx).Token); err != nil {
		return nil, err
	}
	s.signedOut.Ring()
	return nil, nil
}
