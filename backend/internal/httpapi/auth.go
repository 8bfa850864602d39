package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

type principalKey struct{}

// principalOf returns the sender of a request that passed [Server.authorise].
func principalOf(ctx context.Context) access.Principal {
	p, _ := ctx.Value(principalKey{}).(access.Principal)
	return p
}

// anyReader allows sellers, buyers and viewers. Viewers may use no other routes.
func (s *Server) anyReader(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(access.Principal) error { return nil })
}

func (s *Server) anyParty(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, access.Principal.Decides)
}

func (s *Server) sellerOnly(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(p access.Principal) error {
		if p.Party != order.Seller {
			return access.ErrSellersOnly
		}
		return nil
	})
}

func (s *Server) authorise(ctx huma.Context, next func(huma.Context), may func(access.Principal) error) {
	r, w := humago.Unwrap(ctx)
	p, err := s.Identify(r, ctx.Param("id"))
	if err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	if err := may(p); err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	next(huma.WithValue(ctx, principalKey{}, p))
}

// refuse returns the problem for an error, see [problem.From].
func (s *Server) refuse(err error) *problem.Problem { return problem.From(err, s.Log) }
