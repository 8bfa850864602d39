package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

func (s *Server) commentRoutes(anyReader huma.Middlewares) {
	const list, one = "/api/v1/orders/{id}/comments", "/api/v1/orders/{id}/comments/{comment}"
	refusals := []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}
	huma.Register(s.api, openapi.Operation("GET", list, "comments", "What was commented in the deliveries; drafts not for the seller", anyReader), s.comments)
	writing := openapi.Operation("PUT", one, "put-comment", "Comment a place in a delivery, or change a draft", anyReader, refusals...)
	huma.Register(s.api, writing, s.putComment)
	huma.Register(s.api, openapi.Operation("DELETE", one, "delete-comment", "Delete a draft of a comment", anyReader, refusals...), s.deleteComment)
}

func (s *Server) comments(ctx context.Context, in *OrderPath) (*body[api.CommentList], error) {
	a := principalOf(ctx)
	o, err := s.Load(ctx, a, in.ID)
	if err != nil {
		return nil, s.refuse(err)
	}
	comments, err := s.Store.Annotations.Comments(ctx, o.ID)
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.CommentList]{api.CommentList{Comments: api.ViewComments(o, comments, author(a, o))}}, nil
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

func (s *Server) putComment(ctx context.Context, in *commentRequest) (*body[api.Comment], error) {
	var written api.Comment
	err := s.changeComments(ctx, in.ActionPath, func(o order.Order, by order.Author, comments []order.Comment) ([]order.Comment, error) {
		c := order.Comment{ID: in.Comment, Anchor: in.Body.Anchor, Text: in.Body.Text, Author: by}
		after, err := o.PutComment(comments, c, s.Now().UTC())
		for i, c := range after {
			if c.ID == in.Comment {
				written = api.ViewComment(o, c, i+1, by)
			}
		}
		return after, err
	})
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.Comment]{written}, nil
}

func (s *Server) deleteComment(ctx context.Context, in *CommentPath) (*struct{}, error) {
	err := s.changeComments(ctx, in.ActionPath, func(o order.Order, by order.Author, comments []order.Comment) ([]order.Comment, error) {
		return o.DeleteComment(comments, in.Comment, by)
	})
	if err != nil {
		return nil, s.refuse(err)
	}
	return nil, nil
}

// changeComments changes the comments of an order that the sender may see.
func (s *Server) changeComments(ctx context.Context, to ActionPath, change func(order.Order, order.Author, []order.Comment) ([]order.Comment, error)) error {
	a := principalOf(ctx)
	if _, err := s.Load(ctx, a, to.ID); err != nil {
		return err
	}
	return s.Store.Annotations.ChangeComments(ctx, to.ID, func(o order.Order, comments []order.Comment) ([]order.Comment, error) {
		if err := checkVersion(to.IfMatch, o.Version); err != nil {
			return nil, err
		}
		o.Advance(s.Now(), s.Policy) // not stored here: the deadline worker stores it
		return change(o, author(a, o), comments)
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

type changesRequest struct {
	ActionPath
	Body api.Changes
}

// requestChanges sends the comments that the request names with the order.
func (s *Server) requestChanges(ctx context.Context, in *changesRequest) (*orderAnswer, error) {
	c := order.Command{Action: order.RequestChanges, By: principalOf(ctx).Party, Message: in.Body.Message, Points: in.Body.Points}
	var change store.Change
	if len(c.Points) > 0 {
		change.Comments = &c.Comments
	}
	o, err := s.change(ctx, in.ActionPath, change, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, s.Now(), s.Policy)
	})
	return s.answer(ctx, o, err)
}

// addPoints adds the comments that the buyer has sent, for the seller. An order
// without deliveries has none.
func (s *Server) addPoints(ctx context.Context, o order.Order, v *api.Order) error {
	if principalOf(ctx).Party != order.Seller || len(o.Deliveries) == 0 {
		return nil
	}
	comments, err := s.Store.Annotations.Comments(ctx, o.ID)
	v.Points = api.ViewComments(o, comments, order.Author{Party: order.Seller})
	return err
}
