package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

// routes takes the routes of the resources.
type routes struct {
	mux    *http.ServeMux
	api    huma.API // on the mux
	access access.Authorizer
	log    *slog.Logger
}

// add adds a JSON route. The client gets an error as a problem, see [problem.From].
func add[In, Out any](r *routes, o huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	huma.Register(r.api, o, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem.From(err, r.log)
		}
		return out, nil
	})
}

type principalKey struct{}

// principalOf returns the sender of a request to a route that is not public.
func principalOf(ctx context.Context) access.Principal {
	p, _ := ctx.Value(principalKey{}).(access.Principal)
	return p
}

// anyReader allows sellers, buyers and viewers. Viewers may use no other routes.
func (r *routes) anyReader() huma.Middlewares {
	return r.only(func(access.Principal) error { return nil })
}

func (r *routes) anyParty() huma.Middlewares { return r.only(access.Principal.Decides) }

func (r *routes) sellers() huma.Middlewares {
	return r.only(func(p access.Principal) error {
		if p.Party != order.Seller {
			return access.ErrSellersOnly
		}
		return nil
	})
}

func (r *routes) only(may func(access.Principal) error) huma.Middlewares {
	return huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		req, w := humago.Unwrap(ctx)
		p, err := r.access.Identify(req, ctx.Param("id"))
		if err != nil {
			problem.Refuse(w, err, r.log)
			return
		}
		if err := may(p); err != nil {
			problem.Refuse(w, err, r.log)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, p))
	}}
}
