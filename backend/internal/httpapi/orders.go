package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/httpapi/middleware"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

type signInRequest struct{ Body api.Credentials }

func (s *Server) signIn(ctx context.Context, in *signInRequest) (*body[api.Session], error) {
	a, token, err := s.Accounts.SignIn(ctx, in.Body.Email, in.Body.Password, middleware.Client(ctx))
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.Session]{api.Session{Token: token, Name: a.Name, Email: a.Email}}, nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if err := s.Accounts.SignOut(ctx, principalOf(ctx).Token); err != nil {
		return nil, s.refuse(err)
	}
	s.signedOut.Ring()
	return nil, nil
}

// OrderPath is the part of a request that names an order. It is exported because
// huma ignores the fields of unexported embedded types.
type OrderPath struct {
	ID string `path:"id" doc:"the order's ID"`
}

type orderRequest struct {
	OrderPath
	IfNoneMatch string `header:"If-None-Match" maxLength:"1000" doc:"an ETag; answered with 304 when the order is still the same"`
}

// orderOrSame is an order, or status 304 without a body for an unchanged order.
type orderOrSame struct {
	Status int
	ETag   string `header:"ETag" doc:"names this state of the order, for If-Match and If-None-Match"`
	Body   api.Order
}

func (s *Server) getOrder(ctx context.Context, in *orderRequest) (*orderOrSame, error) {
	a := principalOf(ctx)
	o, err := s.Load(ctx, a, in.ID)
	answer, err := s.answer(ctx, o, err)
	if err != nil {
		return nil, err
	}
	if err := s.addDrafts(ctx, a, &answer.Body); err != nil {
		return nil, s.refuse(err)
	}
	s.delivered.Record(a, o, len(o.Deliveries), "")
	status := http.StatusOK
	if slices.Contains(tags(in.IfNoneMatch), strings.Trim(answer.ETag, `"`)) {
		status = http.StatusNotModified
	}
	return &orderOrSame{status, answer.ETag, answer.Body}, nil
}

type editRequest struct {
	ActionPath
	Body api.OrderEdit
}

func (s *Server) editOrder(ctx context.Context, in *editRequest) (*orderAnswer, error) {
	return s.act(ctx, in.ActionPath, order.Command{Action: order.ChangeOrder, Edit: order.Edit(in.Body)})
}

// act applies a command of the sender to an order.
func (s *Server) act(ctx context.Context, to ActionPath, c order.Command) (*orderAnswer, error) {
	c.By = principalOf(ctx).Party
	o, err := s.change(ctx, to, store.Change{}, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, s.Now(), s.Policy)
	})
	return s.answer(ctx, o, err)
}

// change is Store.Change for an order that the sender may see, if the order still
// has the version that the sender knows.
func (s *Server) change(ctx context.Context, to ActionPath, c store.Change, apply func(*order.Order, []order.Upload) ([]order.Event, error)) (order.Order, error) {
	a := principalOf(ctx)
	// The parties of an order never change, so this check can come first.
	if _, err := s.Load(ctx, a, to.ID); err != nil {
		return order.Order{}, err
	}
	c.Order = to.ID
	c.Apply = func(o *order.Order, uploads []order.Upload) ([]order.Event, error) {
		if err := checkVersion(to.IfMatch, o.Version); err != nil {
			return nil, err
		}
		return apply(o, uploads)
	}
	return s.Store.Orders.Change(ctx, c)
}

// action registers a route for an action without parameters.
func (s *Server) action(path, summary string, a order.Action, errors []int) {
	id := strings.ReplaceAll(string(a), "_", "-")
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/orders/{id}/"+path, id, summary, huma.Middlewares{s.anyParty}, errors...),
		func(ctx context.Context, in *ActionPath) (*orderAnswer, error) {
			return s.act(ctx, *in, order.Command{Action: a})
		})
}

type messageRequest struct {
	ActionPath
	Body api.Message
}

func (s *Server) withMessage(a order.Action) func(context.Context, *messageRequest) (*orderAnswer, error) {
	return func(ctx context.Context, in *messageRequest) (*orderAnswer, error) {
		return s.act(ctx, in.ActionPath, order.Command{Action: a, Message: in.Body.Message})
	}
}

type extendRequest struct {
	ActionPath
	Body api.Extension
}

func (s *Server) extend(ctx context.Context, in *extendRequest) (*orderAnswer, error) {
	return s.act(ctx, in.ActionPath, order.Command{Action: order.ExtendReview, Days: in.Body.Days})
}
