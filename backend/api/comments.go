package api

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"handover/backend/order"
)

// Comment is a comment of the buyer's side on a place in a delivery.
type Comment struct {
	ID     string `json:"id"`
	Number int    `json:"number" doc:"its place among the comments of the order, from 1; that of a point never changes"`
	order.Anchor
	Text      string       `json:"text"`
	Author    order.Author `json:"author"`
	Own       bool         `json:"own" doc:"whether the asker wrote it"`
	WrittenAt time.Time    `json:"written_at"`
	SentAt    *time.Time   `json:"sent_at" doc:"when it was sent, with a change request or with the completion; null for a draft, which the seller does not see"`
	DoneIn    int          `json:"done_in,omitempty" doc:"the number of the delivery that took the point up"`
}

// NewComment writes a comment, or changes a draft.
type NewComment struct {
	order.Anchor
	Text string `json:"text" doc:"1 to 2,000 characters"`
}

// CommentList lists the comments of an order that the client may see.
type CommentList struct {
	Comments []Comment `json:"comments" nullable:"false"`
}

// Changes asks for changes, by a message or by points.
type Changes struct {
	Message string   `json:"message,omitempty" doc:"required without points"`
	Points  []string `json:"points,omitempty" nullable:"false" maxItems:"500" doc:"the IDs of the drafts that are sent"`
}

// ViewComments returns the comments of an order that asker may see.
func ViewComments(o order.Order, comments []order.Comment, asker order.Author) []Comment {
	list := []Comment{}
	for i, c := range comments {
		if c.For(asker.Party) {
			list = append(list, ViewComment(o, c, i+1, asker))
		}
	}
	return list
}

// ViewComment returns the comment with the number, as asker sees it.
func ViewComment(o order.Order, c order.Comment, number int, asker order.Author) Comment {
	return Comment{
		ID: c.ID, Number: number, Anchor: c.Anchor, Text: c.Text, Author: c.Author, Own: c.Author.Party == asker.Party && c.Author.ID == asker.ID,
		WrittenAt: c.WrittenAt, SentAt: when(c.SentAt), DoneIn: o.DoneIn(c.ID),
	}
}

// IsPicture reports whether Picture may return a delivered file of the type. Only the
// server knows for certain.
func IsPicture(mediaType string) bool {
	return strings.HasPrefix(mediaType, "image/") && !strings.HasPrefix(mediaType, "image/svg")
}

// Picture returns a delivered picture and its media type, as the server shows it in a
// page. It returns NotFound for another file, and TooLarge above most bytes.
func (c *Client) Picture(ctx context.Context, id string, delivery int, file string, most int64) ([]byte, string, error) {
	path := fmt.Sprintf("/orders/%s/deliveries/%d/files/%s/preview", url.PathEscape(id), delivery, url.PathEscape(file))
	resp, err := c.do(ctx, "GET", path, nil, "Accept", anything)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "image/") {
		return nil, "", &Problem{Status: http.StatusNotFound, Code: string(order.NotFound), Detail: "this file is no picture"}
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, "", fmt.Errorf("%w: its answer was cut short: %w", ErrUnreachable, err)
	}
	if int64(len(content)) > most {
		return nil, "", &Problem{Status: http.StatusRequestEntityTooLarge, Code: string(order.TooLarge), Detail: "the picture is too large to be shown here"}
	}
	return content, kind, nil
}
