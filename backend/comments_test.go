package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// comment writes a comment of the buyer, or changes it.
func (s *site) comment(p placed, id, rest string) answer {
	s.Helper()
	return s.send(request{method: "PUT", path: p.path("/comments/" + id), as: p.buyer, body: `{"delivery":1,` + rest + `}`})
}

func (s *site) commentsOf(p placed, as string) []api.Comment {
	s.Helper()
	return into[api.CommentList](s, s.send(request{method: "GET", path: p.path("/comments"), as: as})).Comments
}

// said lists comments as "number text", with what became of them.
func said(comments []api.Comment) string {
	var list []string
	for _, c := range comments {
		one := fmt.Sprintf("%d %s", c.Number, c.Text)
		if c.SentAt == nil {
			one += " (draft)"
		}
		if c.DoneIn > 0 {
			one += fmt.Sprintf(" (done in %d)", c.DoneIn)
		}
		list = append(list, one)
	}
	return strings.Join(list, ", ")
}

func (s *site) want(name, got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("%s: %q, want %q", name, got, want)
	}
}

// A comment is the buyer's alone until it is sent with a change request; then
// both see it, and the seller's next delivery says what it takes up.
func TestCommentsToPointsToDone(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	file := `"file":"` + p.file.ID + `",`
	version := s.look(p).Version
	c := into[api.Comment](s, s.comment(p, "a", file+`"point":{"x":0.25,"y":1},"text":"Brighter"`))
	if c.Number != 1 || c.Point == nil || c.Point.X != .25 || c.File != p.file.ID || c.Author != (order.Author{Party: order.Buyer, Name: "Bea"}) || c.SentAt != nil {
		t.Errorf("the comment is %+v", c)
	}
	into[api.Comment](s, s.comment(p, "b", file+`"seconds":14.5,"text":"Luder"`))
	into[api.Comment](s, s.comment(p, "b", file+`"seconds":14.5,"text":"Louder"`)) // also what a retry does
	into[api.Comment](s, s.comment(p, "c", `"text":"Not sure"`))
	into[api.Comment](s, s.comment(p, "d", `"text":"Nonsense"`))
	s.send(request{method: "DELETE", path: p.path("/comments/d"), as: p.buyer})

	s.want("the buyer's drafts", said(s.commentsOf(p, p.buyer)), "1 Brighter (draft), 2 Louder (draft), 3 Not sure (draft)")
	s.want("what the seller sees of them", said(s.commentsOf(p, s.eva)), "")
	if o := s.seen(p); len(o.Points) != 0 || s.look(p).Version != version {
		t.Errorf("drafts show in the order: %+v", o)
	}

	asked := into[api.Order](s, s.send(request{method: "POST", path: p.path("/changes"), as: p.buyer, body: `{"points":["b","a"]}`}))
	if asked.Status != order.InRevision || asked.ChangeRequest.Points != 2 || asked.Points != nil {
		t.Errorf("after asking: %+v", asked)
	}
	s.want("the seller's points", said(s.seen(p).Points), "1 Brighter, 2 Louder")
	s.want("the same by their own route", said(s.commentsOf(p, s.eva)), "1 Brighter, 2 Louder")
	s.want("the buyer's comments", said(s.commentsOf(p, p.buyer)), "1 Brighter, 2 Louder, 3 Not sure (draft)")
	s.comment(p, "a", `"text":"Darker"`).refused(t, http.StatusConflict, order.Conflict)

	again := request{method: "POST", path: p.path(deliverRoute), as: s.eva, header: []string{idempotencyField, "again"},
		body: strings.Replace(goodDelivery, "{", `{"done":["b"],`, 1)}
	for range 2 {
		o := into[api.Order](s, s.send(again))
		if len(o.Deliveries) != 2 || fmt.Sprint(o.Deliveries[1].Done) != "[b]" {
			t.Errorf("delivered again: %+v", o.Deliveries)
		}
	}
	s.want("what the buyer gets", said(s.commentsOf(p, p.buyer)), "1 Brighter, 2 Louder (done in 2), 3 Not sure (draft)")
	s.comment(p, "a", `"text":"Darker"`).refused(t, http.StatusConflict, order.Conflict)
	s.send(request{method: "DELETE", path: p.path("/comments/a"), as: p.buyer}).refused(t, http.StatusConflict, order.Conflict)
	into[api.Comment](s, s.comment(p, "c", `"text":"Sure"`))

	var told []string
	page := into[api.EventPage](s, s.send(request{method: "GET", path: p.path("/events"), as: s.eva}))
	for _, e := range page.Events {
		if e.Points+e.Done > 0 {
			told = append(told, fmt.Sprintf("%s %d %d", e.Type, e.Points, e.Done))
		}
		if raw, _ := json.Marshal(e); strings.Contains(string(raw), "ure") {
			t.Errorf("the history tells of a draft: %s", raw)
		}
	}
	s.want("the history", strings.Join(told, ", "), "changes_requested 2 0, work_delivered 0 1")
}

func TestCommentsOfOthers(t *testing.T) {
	s := newSite(t)
	p, other := s.order(delivered), s.order(delivered)
	s.comment(p, "a", `"file":"`+other.file.ID+`","text":"x"`).refused(t, http.StatusUnprocessableEntity, order.Invalid)
	for _, id := range []string{"..%2fa", "a%20b", "%C3%A4", strings.Repeat("x", 65)} {
		s.comment(p, id, `"text":"x"`).refused(t, http.StatusUnprocessableEntity, order.Invalid)
	}
	into[api.Comment](s, s.comment(p, "a", `"text":"x"`))
	s.send(request{method: "POST", path: other.path("/changes"), as: other.buyer, body: `{"points":["a"]}`}).refused(t, http.StatusUnprocessableEntity, order.Invalid)
	s.want("another order's", said(s.commentsOf(other, other.buyer)), "")
}

// Whoever comments on a state that has gone is told so, and a review that time
// has ended takes no comment.
func TestCommentsComeTooLate(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	late := request{method: "PUT", path: p.path("/comments/a"), as: p.buyer, body: `{"delivery":1,"text":"x"}`, header: []string{"If-Match", `"v1"`}}
	s.send(late).refused(t, http.StatusPreconditionFailed, order.Stale)
	s.clock.pass(1_000 * time.Hour)
	late.header = nil
	s.send(late).refused(t, http.StatusConflict, order.Conflict)
}

func TestTooManyComments(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	for i := range order.MaxComments {
		into[api.Comment](s, s.comment(p, fmt.Sprint("c", i), `"text":"x"`))
	}
	s.comment(p, "more", `"text":"x"`).refused(t, http.StatusUnprocessableEntity, order.Invalid)
	ids := strings.TrimSuffix(strings.Repeat(`"c%d",`, order.MaxComments), ",")
	numbers := make([]any, order.MaxComments)
	for i := range numbers {
		numbers[i] = i
	}
	o := into[api.Order](s, s.send(request{method: "POST", path: p.path("/changes"), as: p.buyer, body: `{"points":[` + fmt.Sprintf(ids, numbers...) + `]}`}))
	if o.ChangeRequest.Points != order.MaxComments || len(s.seen(p).Points) != order.MaxComments {
		t.Errorf("sent %+v", o.ChangeRequest)
	}
}

// What the buyer's side has not sent when the order completes reaches the
// seller with that event, whoever completes it.
func TestUnsentCommentsGoWithTheCompletion(t *testing.T) {
	for name, complete := range map[string]func(s *site, p placed){
		"by the clock": func(s *site, p placed) {
			s.clock.pass(1_000 * time.Hour)
			// The next change stores what time has done, as the worker does.
			into[api.Order](s, s.send(request{method: "POST", path: p.path("/messages"), as: p.buyer, body: `{"message":"Thanks"}`}))
		},
		"by the buyer": func(s *site, p placed) {
			into[api.Order](s, s.send(request{method: "POST", path: p.path("/accept"), as: p.buyer}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			p := s.order(delivered)
			into[api.Comment](s, s.comment(p, "a", `"text":"Louder"`))
			into[api.Comment](s, s.comment(p, "b", `"text":"Not sure"`))
			s.want("what the seller sees before", said(s.seen(p).Points), "")
			complete(s, p)
			s.want("the seller's points", said(s.seen(p).Points), "1 Louder, 2 Not sure")
			s.want("the buyer's comments", said(s.commentsOf(p, p.buyer)), "1 Louder, 2 Not sure")
			s.comment(p, "c", `"text":"Late"`).refused(t, http.StatusConflict, order.Conflict)
			page := into[api.EventPage](s, s.send(request{method: "GET", path: p.path("/events"), as: s.eva}))
			told := 0
			for _, e := range page.Events {
				if e.Type == order.OrderCompleted {
					told = e.Points
				}
			}
			if told != 2 {
				t.Errorf("the event counts %d", told)
			}
		})
	}
}
