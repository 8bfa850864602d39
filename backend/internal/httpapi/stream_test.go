package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"handover/backend/api"
	"handover/backend/order"
)

// listening is a stream of events as one client hears it.
type listening struct {
	ready  string // the id that the stream began with
	events chan order.Event
	ended  chan error
	stop   context.CancelFunc
}

func listen(t *testing.T, c *api.Client, last string) *listening {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &listening{events: make(chan order.Event, 1000), ended: make(chan error, 1), stop: cancel}
	ready := make(chan string, 1)
	go func() {
		l.ended <- c.Events(ctx, last, func(id string) { ready <- id }, func(_ string, e order.Event) { l.events <- e })
		close(l.events)
	}()
	t.Cleanup(func() {
		cancel()
		for range l.events { // until the goroutine has ended
		}
	})
	select {
	case l.ready = <-ready:
	case err := <-l.ended:
		t.Fatal(err)
	}
	return l
}

func TestAStreamIsResumedWithoutAGap(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	first := listen(t, bea, "")
	say := func(n int) {
		if _, err := bea.WriteMessage(t.Context(), o.ID, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	say(0)
	heard := <-first.events
	first.stop()
	for n := range 120 { // more than one batch
		say(n + 1)
	}
	second := listen(t, bea, fmt.Sprint(heard.Seq))
	say(121)
	for n := range 121 {
		if e := <-second.events; e.Message != fmt.Sprint(n+1) || e.Seq != heard.Seq+uint64(n)+1 {
			t.Fatalf("event %d is %+v", n+1, e)
		}
	}
}

func TestAStreamAfterTheLogWasSetBackStartsNow(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	l := listen(t, bea, "4000000")
	if l.ready != "1" {
		t.Errorf("ready at %s", l.ready)
	}
	if _, err := f.eva.WriteMessage(t.Context(), o.ID, "news"); err != nil {
		t.Fatal(err)
	}
	if e := <-l.events; e.Message != "news" {
		t.Errorf("heard %+v", e)
	}
}

func TestTheBuyersStreamHoldsWhatTheBuyerMaySee(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	other, _ := f.place(t)
	l := listen(t, bea, "")
	for id, e := range map[string]api.OrderEdit{o.ID: {Notes: text("secret")}, other.ID: {Title: text("Another film")}} {
		if _, err := f.eva.ChangeOrder(t.Context(), id, e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.eva.ChangeOrder(t.Context(), o.ID, api.OrderEdit{Notes: text("secret too"), Title: text("The film")}); err != nil {
		t.Fatal(err)
	}
	e := <-l.events
	if e.Order != o.ID || e.Title != "The film" || !slices.Equal(e.Changed, []string{"title"}) {
		t.Errorf("the buyer hears %+v", e)
	}
}

func TestAStreamEndsWithTheRightToIt(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, f *office, id string) error{
		"revoked": func(t *testing.T, f *office, id string) error {
			_, err := f.eva.RevokeReviewLink(t.Context(), id)
			return err
		},
		"renewed": func(t *testing.T, f *office, id string) error {
			_, err := f.eva.RenewReviewLink(t.Context(), id)
			return err
		},
		"signed out": func(t *testing.T, f *office, _ string) error { return f.eva.SignOut(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			f := openOffice(t)
			o, asker := f.place(t)
			if name == "signed out" {
				asker = f.eva
			}
			l := listen(t, asker, "")
			if err := end(t, f, o.ID); err != nil {
				t.Fatal(err)
			}
			for e := range l.events { // ends with the stream
				t.Errorf("heard %+v", e)
			}
			want(t, asker.Events(t.Context(), "", func(string) {}, nil), http.StatusUnauthorized, order.Unauthenticated)
		})
	}
}

func TestAStreamOfOneOrder(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	other, bob := f.place(t)
	for _, tc := range []struct {
		name   string
		asker  *api.Client
		order  string
		status int
	}{
		{"another seller", f.otto, o.ID, 404}, {"another order's buyer", bob, o.ID, 404}, {"no such order", f.eva, "nosuch", 404},
		{"nobody", nil, o.ID, 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if resp, body := f.exchange(t, tc.asker, "GET", "/api/v1/events?order="+tc.order, ""); resp.StatusCode != tc.status {
				t.Errorf("%s: %s", resp.Status, body)
			}
		})
	}
	for name, c := range map[string]*api.Client{"seller": f.eva, "buyer": bea} {
		t.Run(name, func(t *testing.T) {
			r, _ := http.NewRequestWithContext(t.Context(), "GET", f.URL()+"/api/v1/events?order="+o.ID, nil)
			c.Authorise(r)
			r.Header.Set("Last-Event-ID", "0")
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			for _, say := range []string{other.ID, o.ID} {
				if _, err := f.eva.WriteMessage(t.Context(), say, "to "+say+" "+name); err != nil {
					t.Fatal(err)
				}
			}
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				if strings.Contains(lines.Text(), other.ID) {
					t.Fatalf("heard of another order: %s", lines.Text())
				}
				if strings.Contains(lines.Text(), "to "+o.ID+" "+name) {
					return
				}
			}
			t.Error("the stream ended")
		})
	}
}

// raw is a stream as a page reads it, line by line.
func (f *office) raw(t *testing.T, asker *api.Client, query string) *bufio.Scanner {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", f.URL()+"/api/v1/events?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	asker.Authorise(r)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	return bufio.NewScanner(resp.Body)
}

// until reads lines up to this one.
func until(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	for lines.Scan() {
		if lines.Text() == want {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", want, lines.Err())
}

func TestAStreamHasTheHeartbeatsThatItIsAskedFor(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	lines := f.raw(t, bea, "heartbeat=1")
	until(t, lines, `data: {"heartbeat":1}`)
	until(t, lines, ": still here")
	until(t, f.raw(t, bea, "order="+o.ID), `data: {"heartbeat":20}`)
	for _, wrong := range []string{"0", "21", "-1", "x", "1.5"} {
		if resp, body := f.exchange(t, bea, "GET", "/api/v1/events?heartbeat="+wrong, ""); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("heartbeat=%s: %s: %s", wrong, resp.Status, body)
		}
	}
}

// A draft that the buyer's side writes, changes or deletes in one browser is
// told to all of that side, and to nobody else.
func TestDraftsOfCommentsAreToldToTheBuyersSide(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	f.deliver(t, o.ID)
	other, bob := f.place(t)
	_, shared := f.exchange(t, bea, "POST", "/api/v1/orders/"+o.ID+"/view-links", `{"name":"Ada"}`, "Content-Type", "application/json")
	var links api.ViewLinks
	if err := json.Unmarshal([]byte(shared), &links); err != nil {
		t.Fatal(err)
	}
	ada := f.opening(t, links.Links[0].URL)
	streams := map[string]*bufio.Scanner{"the buyer": f.raw(t, bea, "heartbeat=20"), "a viewer": f.raw(t, ada, "heartbeat=20")}
	eva, elsewhere := f.raw(t, f.eva, "heartbeat=20"), f.raw(t, bob, "heartbeat=20")
	for _, lines := range []*bufio.Scanner{eva, elsewhere, streams["the buyer"], streams["a viewer"]} {
		until(t, lines, `data: {"heartbeat":20}`)
	}
	told := func(step string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		for _, lines := range streams {
			until(t, lines, "event: comments")
		}
	}
	text := api.NewComment{Anchor: order.Anchor{Delivery: 1}, Text: "Louder"}
	_, err := ada.Review(o.ID).PutComment(t.Context(), "a", text)
	told("a viewer writes", err)
	text.Text = "Softer"
	_, err = ada.Review(o.ID).PutComment(t.Context(), "a", text)
	told("a viewer changes", err)
	told("the buyer deletes", bea.Review(o.ID).DeleteComment(t.Context(), "a"))

	if _, err := bea.WriteMessage(t.Context(), o.ID, "end"); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.WriteMessage(t.Context(), other.ID, "end"); err != nil {
		t.Fatal(err)
	}
	for name, lines := range map[string]*bufio.Scanner{"the seller": eva, "another buyer": elsewhere} {
		for lines.Scan() && !strings.Contains(lines.Text(), `"message":"end"`) {
			if strings.Contains(lines.Text(), "comments") {
				t.Errorf("%s hears %q", name, lines.Text())
			}
		}
	}
}
