package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// actionRoutes let the parties act on an order.
type actionRoutes struct {
	orders    *orders
	views     *views
	publicURL string // of the server, for receipts
	now       func() time.Time
	policy    order.Policy
}

// maxDeliveryBody is the size of the body of a delivery in bytes. It may name
// 10,000 files.
const maxDeliveryBody = 16 << 20

// actionRefusals are the statuses with which an action is refused.
var actionRefusals = []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}

func (s actionRoutes) register(r *routes) {
	seller, either, refusals := r.sellers(), r.anyParty(), actionRefusals
	add(r, openapi.Operation("PATCH", "/api/v1/orders/{id}", "change-order", "Change what was agreed on, and the seller's notes", seller, refusals...), s.edit)
	delivering := openapi.Operation("POST", "/api/v1/orders/{id}/deliveries", "deliver", "Deliver work", seller, refusals...)
	delivering.MaxBodyBytes, delivering.BodyReadTimeout, delivering.DefaultStatus = maxDeliveryBody, slowBody, http.StatusCreated
	add(r, delivering, s.deliver)

	s.plain(r, "accept", "Accept the delivery", order.Accept)
	add(r, openapi.Operation("POST", "/api/v1/orders/{id}/changes", "request-changes", "Ask for changes", either, refusals...), s.requestChanges)
	add(r, openapi.Operation("POST", "/api/v1/orders/{id}/extension", "extend-review", "Extend the review", either, refusals...), s.extend)
	add(r, openapi.Operation("POST", "/api/v1/orders/{id}/messages", "write-message", "Write a message", either, refusals...), s.withMessage(order.WriteMessage))
	add(r, openapi.Operation("POST", "/api/v1/orders/{id}/cancellation", "propose-cancellation", "Propose to cancel", either, refusals...), s.withMessage(order.ProposeCancellation))
	s.plain(r, "cancellation/agree", "Agree to cancel", order.AgreeCancellation)
	s.plain(r, "cancellation/decline", "Decline to cancel", order.DeclineCancellation)
	s.plain(r, "cancellation/withdraw", "Withdraw the proposal to cancel", order.WithdrawCancellation)
}

// plain adds the route of an action without parameters.
func (s actionRoutes) plain(r *routes, path, summary string, a order.Action) {
	id := strings.ReplaceAll(string(a), "_", "-")
	add(r, openapi.Operation("POST", "/api/v1/orders/{id}/"+path, id, summary, r.anyParty(), actionRefusals...),
		func(ctx context.Context, in *ActionPath) (*orderAnswer, error) {
			return s.act(ctx, *in, order.Command{Action: a})
		})
}

// act applies a command of the sender to an order.
func (s actionRoutes) act(ctx context.Context, to ActionPath, c order.Command) (*orderAnswer, error) {
	c.By = principalOf(ctx).Party
	return s.change(ctx, to, store.Change{Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, s.now(), s.policy)
	}})
}

// change is orders.change with the changed order as the answer.
func (s actionRoutes) change(ctx context.Context, to ActionPath, c store.Change) (*orderAnswer, error) {
	o, err := s.orders.change(ctx, to, c)
	if err != nil {
		return nil, err
	}
	return s.views.answer(ctx, o)
}

type editRequest struct {
	ActionPath
	Body api.OrderEdit
}

func (s actionRoutes) edit(ctx context.Context, in *editRequest) (*orderAnswer, error) {
	return s.act(ctx, in.ActionPath, order.Command{Action: order.ChangeOrder, Edit: order.Edit(in.Body)})
}

type changesRequest struct {
	ActionPath
	Body api.Changes
}

// requestChanges sends the comments that the request names with the order.
func (s actionRoutes) requestChanges(ctx context.Context, in *changesRequest) (*orderAnswer, error) {
	c := order.Command{Action: order.RequestChanges, By: principalOf(ctx).Party, Message: in.Body.Message, Points: in.Body.Points}
	change := store.Change{Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, s.now(), s.policy)
	}}
	if len(c.Points) > 0 {
		change.Comments = &c.Comments
	}
	return s.change(ctx, in.ActionPath, change)
}

type messageRequest struct {
	ActionPath
	Body api.Message
}

func (s actionRoutes) withMessage(a order.Action) func(context.Context, *messageRequest) (*orderAnswer, error) {
	return func(ctx context.Context, in *messageRequest) (*orderAnswer, error) {
		return s.act(ctx, in.ActionPath, order.Command{Action: a, Message: in.Body.Message})
	}
}

type extendRequest struct {
	ActionPath
	Body api.Extension
}

func (s actionRoutes) extend(ctx context.Context, in *extendRequest) (*orderAnswer, error) {
	return s.act(ctx, in.ActionPath, order.Command{Action: order.ExtendReview, Days: in.Body.Days})
}
