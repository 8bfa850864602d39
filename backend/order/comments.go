package order

import (
	"fmt"
	"slices"
	"time"
)

const commentSent = "the comment was sent to the seller and does not change any more"

// PutComment adds a comment, or changes text and place of the author's own draft. It
// returns the new list. Call [Order.Advance] first.
//
// It returns an [*Error] with the code Forbidden for the wrong party or another
// author, Conflict when the order does not allow comments now or the comment
// was sent, and Invalid for bad content.
func (o *Order) PutComment(comments []Comment, c Comment, now time.Time) ([]Comment, error) {
	if err := o.Permit(WriteComment, c.Author.Party); err != nil {
		return nil, err
	}
	if err := c.check(o); err != nil {
		return nil, err
	}
	c.WrittenAt, c.SentAt = now, time.Time{}
	i := indexOf(comments, c.ID)
	if i < 0 {
		if len(comments) >= MaxComments {
			return nil, invalid("comment", "an order has at most %d comments", MaxComments)
		}
		return append(slices.Clone(comments), c), nil
	}
	before := comments[i]
	switch {
	case before.Sent():
		return nil, o.conflict(c.Author.Party, commentSent)
	case !before.Author.is(c.Author):
		return nil, &Error{Code: Forbidden, Message: "only who wrote a comment may change it"}
	}
	c.WrittenAt = before.WrittenAt
	changed := slices.Clone(comments)
	changed[i] = c
	return changed, nil
}

// DeleteComment returns the comments without the draft. A missing draft is not an
// error. The buyer may delete the drafts of viewers too, because the buyer decides
// which comments are sent. Errors are as in [Order.PutComment].
func (o *Order) DeleteComment(comments []Comment, id string, by Author) ([]Comment, error) {
	if err := o.Permit(WriteComment, by.Party); err != nil {
		return nil, err
	}
	i := indexOf(comments, id)
	switch {
	case i < 0:
		return comments, nil
	case comments[i].Sent():
		return nil, o.conflict(by.Party, commentSent)
	case by.Party != Buyer && !comments[i].Author.is(by):
		return nil, &Error{Code: Forbidden, Message: "only who wrote a comment may delete it"}
	}
	return slices.Delete(slices.Clone(comments), i, i+1), nil
}

// send marks drafts as points of a change request, in place, and moves them before
// the other drafts. With an error nothing changes.
func send(comments []Comment, ids []string, at time.Time) error {
	chosen, err := choose("points", comments, ids, func(c Comment) bool { return !c.Sent() })
	if err != nil {
		return err
	}
	for _, i := range chosen {
		comments[i].SentAt = at
	}
	slices.SortStableFunc(comments, func(a, b Comment) int {
		switch {
		case a.Sent() == b.Sent():
			return 0
		case a.Sent():
			return -1
		default:
			return 1
		}
	})
	return nil
}

// Completes reports whether an event completes the order. Then [SendRest] applies.
func Completes(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Type == OrderCompleted })
}

// SendRest sends all drafts of the buyer's side when the order completes, by its
// buyer or by the clock, because they cannot be sent afterwards. The event counts
// them. The buyer must delete drafts that the seller must not read before that. The
// drafts of a cancelled order stay drafts.
//
// A store calls it in the transaction that stores the events, with the stored
// comments. It marks the comments in place and returns the number of sent ones.
func SendRest(comments []Comment, events []Event) int {
	i := slices.IndexFunc(events, func(e Event) bool { return e.Type == OrderCompleted })
	if i < 0 {
		return 0
	}
	for j := range comments {
		if !comments[j].Sent() {
			comments[j].SentAt = events[i].At
			events[i].Points++
		}
	}
	return events[i].Points
}

// choose returns the indexes of the comments with the IDs. It returns Invalid for
// repeated IDs and for comments that are not wanted.
func choose(field string, comments []Comment, ids []string, wanted func(Comment) bool) ([]int, error) {
	chosen := make([]int, 0, len(ids))
	for _, id := range ids {
		i := indexOf(comments, id)
		switch {
		case i < 0 || !wanted(comments[i]):
			return nil, invalid(field, "there is no such comment to name: %.80q", id)
		case slices.Contains(chosen, i):
			return nil, invalid(field, "a comment is named twice: %.80q", id)
		}
		chosen = append(chosen, i)
	}
	return chosen, nil
}

func indexOf(comments []Comment, id string) int {
	return slices.IndexFunc(comments, func(c Comment) bool { return c.ID == id })
}

// Points returns the comments that a change request or the completion sent at the
// time, and the number of the first.
func Points(comments []Comment, requested time.Time) (points []Comment, first int) {
	for i, c := range comments {
		if c.Sent() && c.SentAt.Equal(requested) {
			if len(points) == 0 {
				first = i + 1
			}
			points = append(points, c)
		}
	}
	return points, first
}

// CommentFaults describes contradictions between the stored comments of the order
// and the rules.
func (o *Order) CommentFaults(comments []Comment) []string {
	var faults []string
	for i, c := range comments {
		if err := c.check(o); err != nil {
			faults = append(faults, fmt.Sprintf("comment %s: %v", c.ID, err))
		}
		if indexOf(comments, c.ID) != i {
			faults = append(faults, fmt.Sprintf("comment %s is there twice", c.ID))
		}
		if i > 0 && c.Sent() && !comments[i-1].Sent() {
			faults = append(faults, fmt.Sprintf("comment %s was sent and stands behind a draft", c.ID))
		}
	}
	for _, d := range o.Deliveries {
		for _, id := range d.Done {
			if i := indexOf(comments, id); i < 0 || !comments[i].Sent() {
				faults = append(faults, fmt.Sprintf("delivery %d takes up the comment %s, which was not sent", d.Number, id))
			}
		}
	}
	if r := o.Changes; r != nil {
		if points, _ := Points(comments, r.RequestedAt); len(points) != r.Points {
			faults = append(faults, fmt.Sprintf("the change request has %d points; %d comments were sent with it", r.Points, len(points)))
		}
	}
	return faults
}
