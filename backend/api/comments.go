package api

import (
	"context"
	"net/url"
	"time"

	"handover/backend/order"
)

// Comment is what the buyer's side says about a place in a delivery.
type Comment struct {
	ID     string `json:"id"`
	Number int    `json:"number" doc:"its place among the comments of the order, from 1; that of a point never changes"`
	order.Anchor
	Text      string       `json:"text"`
	Author    order.Author `json:"author"`
	WrittenAt time.Time    `json:"written_at"`
	SentAt    *time.Time   `json:"sent_at" doc:"when it became a point of a change request; null for a draft, which the seller does not see"`
	DoneIn    int          `json:"done_in,omitempty" doc:"the number of the delivery that took the point up"`
}

// NewComment writes a comment, or changes a draft.
type NewComment struct {
	order.Anchor
	Text string `json:"text"`
}

// CommentList is all that the asker may see of the comments of an order.
type CommentList struct {
	Comments []Comment `json:"comments" nullable:"false"`
}

// Changes asks for changes, in words or by points.
type Changes struct {
	Message string   `json:"message,omitempty" doc:"required without points"`
	Points  []string `json:"points,omitempty" nullable:"false" maxItems:"500" doc:"the IDs of the drafts that are sent"`
}

// ViewComments returns the comments of an order that the party may see.
func ViewComments(o order.Order, comments []order.Comment, as order.Party) []Comment {
	list := []Comment{}
	for i, c := range comments {
		if c.For(as) {
			list = append(list, ViewComment(o, c, i+1))
		}
	}
	return list
}

// ViewComment returns the comment with the number.
func ViewComment(o order.Order, c order.Comment, number int) Comment {
	return Comment{
		ID: c.ID, Number: number, Anchor: c.Anchor, Text: c.Text, Author: c.Author,
		WrittenAt: c.WrittenAt, SentAt: when(c.SentAt), DoneIn: o.DoneIn(c.ID),
	}
}

// Comments returns the comments of the order that the asker may see: what was
// sent first.
func (c *Client) Comments(ctx context.Context, id string) ([]Comment, error) {
	list, err := call[CommentList](ctx, c, "GET", "/orders/"+url.PathEscape(id)+"/comments", nil)
	return list.Comments, err
}

// PutComment writes a comment under an ID that the caller chooses, or changes
// the draft that has it.
func (c *Client) PutComment(ctx context.Context, id, comment string, n NewComment) (Comment, error) {
	return call[Comment](ctx, c, "PUT", commentPath(id, comment), n)
}

// DeleteComment deletes a draft; none is no error.
func (c *Client) DeleteComment(ctx context.Context, id, comment string) error {
	_, err := call[struct{}](ctx, c, "DELETE", commentPath(id, comment), nil)
	return err
}

func commentPath(id, comment string) string {
	return "/orders/" + url.PathEscape(id) + "/comments/" + url.PathEscape(comment)
}

// AskForChanges is RequestChanges with points.
func (c *Client) AskForChanges(ctx context.Context, id string, changes Changes) (Order, error) {
	return call[Order](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/changes", changes)
}
