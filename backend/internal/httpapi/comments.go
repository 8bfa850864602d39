package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// commentRoutes list and change the comments of the buyer's side.
type commentRoutes struct {
	orders *orders
	store  store.Annotations
	now    func() time.Time
	policy order.Policy
}

func (s commentRoutes) register(r *routes) {
	anyReader := r.anyReader()
	const list, one = "/api/v1/orders/{id}/comments", "/api/v1/orders/{id}/comments/{comment}"
	refusals := []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}
	add(r, openapi.Operation("GET", list, "comments", "What was commented in the deliveries; drafts not for the seller", anyReader), s.list)
	add(r, openapi.Operation("PUT", one, "put-comment", "Comment a place in a delivery, or change a draft", anyReader, refusals...), s.put)
	add(r, openapi.Operation("DELETE", one, "delete-comment", "Delete a draft of a comment", anyReader, refusals...), s.remove)
}

func (s commentRoutes) list(ctx context.Context, in *OrderPath) (*body[api.CommentList], error) {
	o, err := s.orders.load(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	comments, err := s.store.Comments(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	return &body[api.CommentList]{api.CommentList{Comments: api.ViewComments(o, comments, author(principalOf(ctx), o))}}, nil
}

// CommentPath names a comment. It is exported for huma, see [OrderPath].
type CommentPath struct {
	ActionPath
	Comment string `path:"comment" doc:"1 to 64 letters, digits, - and _"`
}

type commentRequest struct {
	CommentPath
	Body api.NewComment
}

func (s commentRoutes) put(ctx context.Context, in *commentRequest) (*body[api.Comment], error) {
	var written api.Comment
	err := s.change(ctx, in.ActionPath, func(o order.Order, by order.Author, comments []order.Comment) ([]order.Comment, error) {
		c := order.Comment{ID: in.Comment, Anchor: in.Body.Anchor, Text: in.Body.Text, Author: by}
		after, err := o.PutComment(comments, c, s.now().UTC())
		for i, c := range after {
			if c.ID == in.Comment {
				written = api.ViewComment(o, c, i+1, by)
			}
		}
		return after, err
	})
	if err != nil {
		return nil, err
	}
	return &body[api.Comment]{written}, nil
}

func (s commentRoutes) remove(ctx context.Context, in *CommentPath) (*struct{}, error) {
	return nil, s.change(ctx, in.ActionPath, func(o order.Order, by order.Author, comments []order.Comment) ([]order.Comment, error) {
		return o.DeleteComment(comments, in.Comment, by)
	})
}

// change changes the comments of an order that the sender may see.
func (s commentRoutes) change(ctx context.Context, to ActionPath, change func(order.Order, order.Author, []order.Comment) ([]order.Comment, error)) error {
	if _, err := s.orders.load(ctx, to.ID); err != nil {
		return err
	}
	return s.store.ChangeComments(ctx, to.ID, func(o order.Order, comments []order.Comment) ([]order.Comment, error) {
		if err := checkVersion(to.IfMatch, o.Version); err != nil {
			return nil, err
		}
		o.Advance(s.now(), s.policy) // not stored here: the deadline worker stores it
		return change(o, author(principalOf(ctx), o), comments)
	})
}

// author returns the sender as the author of comments.
func author(a access.Principal, o order.Order) order.Author {
	switch a.Party {
	case order.Buyer:
		return order.Author{Party: a.Party, Name: o.Buyer.Name}
	case order.Viewer:
		return order.Author{Party: a.Party, ID: strconv.Itoa(a.Link.Number), Name: a.Link.Name}
	default:
		return order.Author{Party: a.Party, Name: a.Account.Name}
	}
}
