package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/order"
)

// text returns a pointer to the string.
func text(s string) *string { return &s }

// history reads all of an order's history in pages.
func history(t *testing.T, c *api.Client, id string, limit int) []order.Event {
	t.Helper()
	events := []order.Event{}
	for after := uint64(0); ; {
		page, err := c.History(t.Context(), id, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) > limit {
			t.Fatalf("%d events on a page of %d", len(page.Events), limit)
		}
		events = append(events, page.Events...)
		if after = page.Next; after == 0 {
			return events
		}
	}
}

func types(events []order.Event) []order.EventType {
	list := []order.EventType{}
	for _, e := range events {
		list = append(list, e.Type)
	}
	return list
}

// live takes an order through what the history shall show, and returns it.
func (f *office) live(t *testing.T) (id string, bea *api.Client) {
	t.Helper()
	o, _ := f.place(t)
	f.place(t) // another order, whose events are none of this one
	renewed, err := f.eva.RenewReviewLink(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	bea = f.opening(t, renewed.ReviewURL)
	due := time.Now().UTC().Add(150 * time.Hour).Truncate(time.Second)
	for name, step := range []func() (api.Order, error){
		func() (api.Order, error) {
			return f.eva.ChangeOrder(t.Context(), o.ID, api.OrderEdit{Notes: text("pays late")})
		},
		func() (api.Order, error) {
			return f.eva.ChangeOrder(t.Context(), o.ID, api.OrderEdit{DueAt: &due, Notes: text("pays later")})
		},
		func() (api.Order, error) { return bea.WriteMessage(t.Context(), o.ID, "Hello Eva!") },
		func() (api.Order, error) { return f.deliver(t, o.ID), nil },
		func() (api.Order, error) { return f.eva.WriteMessage(t.Context(), o.ID, "Hello Bea!") },
		func() (api.Order, error) { return bea.Review(o.ID).Accept(t.Context()) },
	} {
		if _, err := step(); err != nil {
			t.Fatalf("step %d: %v", name, err)
		}
	}
	return o.ID, bea
}

func TestHistory(t *testing.T) {
	f := openOffice(t)
	id, bea := f.live(t)
	seller := []order.EventType{
		order.OrderPlaced, order.ReviewLinkRenewed, order.OrderChanged, order.OrderChanged, order.MessageWritten,
		order.WorkDelivered, order.MessageWritten, order.OrderCompleted,
	}
	buyer := []order.EventType{
		order.OrderPlaced, order.OrderChanged, order.MessageWritten, order.WorkDelivered, order.MessageWritten, order.OrderCompleted,
	}
	for _, limit := range []int{1, 2, 3, 6, 8, 500} {
		if diff := cmp.Diff(seller, types(history(t, f.eva, id, limit))); diff != "" {
			t.Errorf("the seller's, %d a page (-want +got):\n%s", limit, diff)
		}
		if diff := cmp.Diff(buyer, types(history(t, bea, id, limit))); diff != "" {
			t.Errorf("the buyer's, %d a page (-want +got):\n%s", limit, diff)
		}
	}
	whole := history(t, bea, id, 100)
	if changed := whole[1].Changed; !slices.Equal(changed, []string{"due_at"}) || whole[1].DueAt.IsZero() {
		t.Errorf("the buyer reads of the change %v", changed)
	}
	if !slices.IsSortedFunc(whole, func(a, b order.Event) int { return int(a.Seq) - int(b.Seq) }) {
		t.Errorf("not oldest first: %v", whole)
	}
}

func TestMessages(t *testing.T) {
	f := openOffice(t)
	id, bea := f.live(t)
	for name, c := range map[string]*api.Client{"seller": f.eva, "buyer": bea} {
		page, err := c.Messages(t.Context(), id, 0, 1)
		if err != nil || len(page.Events) != 1 || page.Next == 0 || page.Events[0].Message != "Hello Eva!" || page.Events[0].By != order.Buyer {
			t.Fatalf("%s, first page: %+v, %v", name, page, err)
		}
		page, err = c.Messages(t.Context(), id, page.Next, 1)
		if err != nil || len(page.Events) != 1 || page.Next != 0 || page.Events[0].Message != "Hello Bea!" || page.Events[0].By != order.Seller {
			t.Fatalf("%s, second page: %+v, %v", name, page, err)
		}
	}
	if _, err := bea.WriteMessage(t.Context(), id, strings.Repeat("ü", order.MaxMessage)); err != nil {
		t.Errorf("the longest message: %v", err)
	}
	for _, bad := range []string{"", " \n", strings.Repeat("ü", order.MaxMessage+1)} {
		_, err := bea.WriteMessage(t.Context(), id, bad)
		if p := want(t, err, http.StatusUnprocessableEntity, order.Invalid); p.Field != "message" {
			t.Errorf("the problem names %q", p.Field)
		}
	}
}

func TestHistoryIsForThePartiesOnly(t *testing.T) {
	f := openOffice(t)
	id, _ := f.live(t)
	_, other := f.place(t)
	for _, route := range []string{"events", "messages"} {
		for _, tc := range []struct {
			name   string
			asker  *api.Client
			query  string
			status int
		}{
			{"another seller", f.otto, "", 404},
			{"another order's buyer", other, "", 404},
			{"nobody", nil, "", 401},
			{"no number", f.eva, "?after=x", 422},
			{"negative", f.eva, "?after=-1", 422},
			{"no limit", f.eva, "?limit=0", 422},
			{"too many", f.eva, "?limit=501", 422},
			{"beyond the end", f.eva, "?after=18446744073709551615", 200},
		} {
			t.Run(route+"/"+tc.name, func(t *testing.T) {
				resp, body := f.exchange(t, tc.asker, "GET", fmt.Sprintf("/api/v1/orders/%s/%s%s", id, route, tc.query), "")
				if resp.StatusCode != tc.status {
					t.Errorf("%s: %s", resp.Status, body)
				}
				var page api.EventPage
				if tc.status == 200 && (json.Unmarshal([]byte(body), &page) != nil || page.Events == nil || len(page.Events) != 0) {
					t.Errorf("want no events: %s", body)
				}
			})
		}
	}
}

// Whatever the buyer asks for, the seller's notes are not in the answer.
func TestTheBuyerNeverSeesNotes(t *testing.T) {
	f := openOffice(t)
	const secret = "pays-late-and-haggles"
	n := film()
	n.Notes = secret
	o, err := f.eva.PlaceOrder(t.Context(), n)
	if err != nil || o.Notes != secret {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, err := f.eva.ChangeOrder(t.Context(), o.ID, api.OrderEdit{Notes: text(secret + "!")}); err != nil {
		t.Fatal(err)
	}
	bea := f.opening(t, o.ReviewURL)
	route := "/api/v1/orders/" + o.ID
	for _, ask := range [][3]string{
		{"GET", route, ""}, {"GET", route + "/events", ""}, {"GET", route + "/messages", ""},
		{"POST", route + "/messages", `{"message":"Hello!"}`}, {"POST", route + "/cancellation", `{}`},
		{"PATCH", route, `{"notes":"x"}`}, {"GET", route + "/review-link", ""},
	} {
		_, body := f.exchange(t, bea, ask[0], ask[1], ask[2], "Content-Type", "application/json")
		if strings.Contains(body, secret) || strings.Contains(body, `"notes"`) && ask[0] != "PATCH" {
			t.Errorf("%s %s shows the notes: %s", ask[0], ask[1], body)
		}
	}
	if own, err := f.eva.Order(t.Context(), o.ID); err != nil || own.Notes != secret+"!" {
		t.Errorf("the seller sees %q, %v", own.Notes, err)
	}
}
