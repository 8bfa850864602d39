package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

func TestIfMatch(t *testing.T) {
	f := openOffice(t)
	o, _ := f.place(t) // version 1
	for _, tc := range []struct {
		header string
		status int
	}{
		{"", 200}, {"*", 200}, {`"vNOW"`, 200}, {`W/"vNOW"`, 200}, {`"v77", "vNOW"`, 200}, {`"vNOW-late"`, 200},
		{`"v77"`, 412}, {`"vNOW0"`, 412}, {`"x"`, 412}, {`v`, 412}, {`""`, 412},
	} {
		t.Run(tc.header, func(t *testing.T) {
			now, err := f.eva.Order(t.Context(), o.ID)
			if err != nil {
				t.Fatal(err)
			}
			header := strings.ReplaceAll(tc.header, "NOW", fmt.Sprint(now.Version))
			resp, body := f.exchange(t, f.eva, "POST", "/api/v1/orders/"+o.ID+"/messages", `{"message":"Hello!"}`,
				"Content-Type", "application/json", "If-Match", header)
			if resp.StatusCode != tc.status {
				t.Fatalf("%s: %s", resp.Status, body)
			}
			var p api.Problem
			if tc.status == 412 && (json.Unmarshal([]byte(body), &p) != nil || p.Code != string(order.Stale) || p.Version != now.Version) {
				t.Errorf("the problem: %s", body)
			}
			if want := fmt.Sprintf(`"v%d"`, now.Version+1); tc.status == 200 && resp.Header.Get("ETag") != want {
				t.Errorf("ETag %s, want %s", resp.Header.Get("ETag"), want)
			}
		})
	}
}

// Every route that changes an order holds to If-Match, and changes nothing
// when it refuses.
func TestEveryActionHoldsToIfMatch(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	f.deliver(t, o.ID) // version 2
	stale := `"v1"`
	route := "/api/v1/orders/" + o.ID
	for _, tc := range []struct {
		by                 *api.Client
		method, path, body string
	}{
		{f.eva, "PATCH", "", `{"notes":"x"}`}, {f.eva, "POST", "/messages", `{"message":"x"}`},
		{f.eva, "POST", "/deliveries", `{"description":"again","confirm_no_files":true}`},
		{f.eva, "POST", "/review-link", ""}, {f.eva, "DELETE", "/review-link", ""},
		{bea, "POST", "/accept", ""}, {bea, "POST", "/changes", `{"message":"x"}`}, {bea, "POST", "/extension", `{"days":1}`},
		{bea, "POST", "/messages", `{"message":"x"}`}, {bea, "POST", "/cancellation", `{}`},
		{bea, "POST", "/cancellation/agree", ""}, {bea, "POST", "/cancellation/decline", ""}, {bea, "POST", "/cancellation/withdraw", ""},
	} {
		t.Run(tc.method+tc.path, func(t *testing.T) {
			resp, body := f.exchange(t, tc.by, tc.method, route+tc.path, tc.body,
				"Content-Type", "application/json", "If-Match", stale, "Idempotency-Key", "other")
			if resp.StatusCode != http.StatusPreconditionFailed {
				t.Errorf("%s: %s", resp.Status, body)
			}
		})
	}
	if now, err := bea.Order(t.Context(), o.ID); err != nil || now.Version != 2 || now.Status != order.Delivered {
		t.Errorf("after the refusals: %+v, %v", now, err)
	}
}

func TestARetriedDeliveryIsNotStale(t *testing.T) {
	f := openOffice(t)
	o, _ := f.place(t)
	d := api.NewDelivery{Description: "Done.", ConfirmNoFiles: true}
	for range 2 {
		got, err := f.eva.At(1).Deliver(t.Context(), o.ID, "key", d)
		if err != nil || len(got.Deliveries) != 1 || got.Version != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	_, err := f.eva.At(1).Deliver(t.Context(), o.ID, "another key", d)
	want(t, err, http.StatusPreconditionFailed, order.Stale)
}

// Of writers who all know the same version one wins; the others are told.
func TestTwoWritersNeverOverwriteEachOther(t *testing.T) {
	f := openOffice(t)
	o, _ := f.place(t)
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() {
			_, results[i] = f.eva.At(1).ChangeOrder(t.Context(), o.ID, api.OrderEdit{Title: text(fmt.Sprintf("title %d", i))})
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range results {
		switch {
		case err != nil:
			if p := want(t, err, http.StatusPreconditionFailed, order.Stale); p.Version != 2 {
				t.Errorf("the problem names version %d", p.Version)
			}
		case winner >= 0:
			t.Errorf("both %d and %d won", winner, i)
		default:
			winner = i
		}
	}
	now, err := f.eva.Order(t.Context(), o.ID)
	if err != nil || winner < 0 || now.Title != fmt.Sprintf("title %d", winner) || now.Version != 2 {
		t.Errorf("writer %d won, the order is %+v, %v", winner, now, err)
	}
}

func TestIfNoneMatch(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	route := "/api/v1/orders/" + o.ID
	get := func(tag string) (int, string, string) {
		resp, body := f.exchange(t, bea, "GET", route, "", "If-None-Match", tag)
		return resp.StatusCode, resp.Header.Get("ETag"), body
	}
	if status, tag, _ := get(""); status != 200 || tag != `"v1"` {
		t.Fatalf("%d, %s", status, tag)
	}
	for _, tag := range []string{`"v1"`, `W/"v1"`, `"v7", "v1"`} {
		if status, again, body := get(tag); status != http.StatusNotModified || again != `"v1"` || body != "" {
			t.Errorf("%s: %d, %s, %q", tag, status, again, body)
		}
	}
	if status, tag, body := get(`"v2"`); status != 200 || tag != `"v1"` || body == "" {
		t.Errorf("another version: %d, %s, %s", status, tag, body)
	}
	past := time.Now().UTC().Add(-time.Hour)
	if _, err := f.eva.ChangeOrder(t.Context(), o.ID, api.OrderEdit{DueAt: &past}); err != nil {
		t.Fatal(err)
	}
	// What time changes has another tag: an order that became late is news.
	if status, tag, _ := get(`"v2"`); status != 200 || tag != `"v2-late"` {
		t.Errorf("a late order: %d, %s", status, tag)
	}
}
