package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/order"
)

func TestPlaceOrderNamesTheFieldAtFault(t *testing.T) {
	f := openOffice(t)
	due := time.Now().UTC().Add(72 * time.Hour).Format(time.RFC3339)
	good := `{"title":"Film","buyer":{"name":"Bea","email":"b@example.org"},"due_at":"` + due + `"}`
	long := strings.Repeat("ü", 2_501)
	for _, tc := range []struct {
		name, old, new, field string
	}{
		{"no title", `"Film"`, `""`, "title"},
		{"blank title", `"Film"`, `"  "`, "title"},
		{"two lines", `"Film"`, `"a\nb"`, "title"},
		{"long title", `"Film"`, `"` + long + `"`, "title"},
		{"wrong type", `"Film"`, `7`, "title"},
		{"no name", `"Bea"`, `""`, "buyer.name"},
		{"two-line name", `"Bea"`, `"a\r\nBcc: x"`, "buyer.name"},
		{"no address", `"b@example.org"`, `"b"`, "buyer.email"},
		{"named address", `"b@example.org"`, `"B <b@example.org>"`, "buyer.email"},
		{"unknown language", `"name"`, `"language":"fr","name"`, "buyer.language"},
		{"no due date", due, `0001-01-01T00:00:00Z`, "due_at"},
		{"no time", due, `tomorrow`, "due_at"},
		{"negative price", `"title"`, `"price":{"amount":"-1","currency":"EUR"},"title"`, "price.amount"},
		{"thousandths", `"title"`, `"price":{"amount":"1.234","currency":"EUR"},"title"`, "price.amount"},
		{"odd currency", `"title"`, `"price":{"amount":"1","currency":"euro"},"title"`, "price.currency"},
		{"odd currency of nothing", `"title"`, `"price":{"amount":"0","currency":"<b>"},"title"`, "price.currency"},
		{"long notes", `"title"`, `"notes":"` + long + `","title"`, "notes"},
		{"unknown field", `"title"`, `"colour":"red","title"`, "colour"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, body := f.exchange(t, f.eva, "POST", "/api/v1/orders", strings.Replace(good, tc.old, tc.new, 1), "Content-Type", "application/json")
			var p api.Problem
			if json.Unmarshal([]byte(body), &p) != nil || resp.StatusCode != 422 || p.Code != string(order.Invalid) || p.Field != tc.field {
				t.Errorf("want 422 of %s, got %s: %s", tc.field, resp.Status, body)
			}
		})
	}
	resp, body := f.exchange(t, f.eva, "POST", "/api/v1/orders", good, "Content-Type", "application/json")
	if resp.StatusCode != http.StatusCreated || resp.Header.Get("ETag") != `"v1"` {
		t.Errorf("the good one: %s, %s", resp.Status, body)
	}
	if list, err := f.eva.Orders(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d orders, %v", len(list), err)
	}
}

func TestARetryPlacesOneOrder(t *testing.T) {
	f := openOffice(t)
	n := film()
	n.Notes, n.Buyer.Language = "pays late", order.German
	first, err := f.eva.PlaceOrderOnce(t.Context(), "invoice 7", n)
	if err != nil || first.Notes != n.Notes || first.Buyer.Language != order.German {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := f.eva.WriteMessage(t.Context(), first.ID, "Hello!"); err != nil {
		t.Fatal(err)
	}
	again, err := f.eva.PlaceOrderOnce(t.Context(), "invoice 7", n)
	if err != nil || again.ID != first.ID || again.ReviewURL != first.ReviewURL || again.Version != 2 {
		t.Errorf("the retry: %+v, %v", again, err)
	}
	n.Title = "Another film"
	_, err = f.eva.PlaceOrderOnce(t.Context(), "invoice 7", n)
	want(t, err, http.StatusConflict, order.Exists)
	if of, err := f.otto.PlaceOrderOnce(t.Context(), "invoice 7", n); err != nil || of.ID == first.ID {
		t.Errorf("another seller's key: %+v, %v", of, err)
	}
	if list, err := f.eva.Orders(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d orders, %v", len(list), err)
	}
}

func TestWhoMayChangeAnOrder(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	edit := api.OrderEdit{Title: text("The film")}
	for name, tc := range map[string]struct {
		asker  *api.Client
		status int
		code   order.Code
	}{
		"buyer": {bea, 403, order.Forbidden}, "another seller": {f.otto, 404, order.NotFound}, "nobody": {f.with(t, "x"), 401, order.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tc.asker.ChangeOrder(t.Context(), o.ID, edit)
			want(t, err, tc.status, tc.code)
		})
	}
	changed, err := f.eva.ChangeOrder(t.Context(), o.ID, edit)
	if err != nil || changed.Title != "The film" || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	if same, err := f.eva.ChangeOrder(t.Context(), o.ID, edit); err != nil || same.Version != 2 {
		t.Errorf("the same again: version %d, %v", same.Version, err)
	}
	f.deliver(t, o.ID)
	_, err = f.eva.ChangeOrder(t.Context(), o.ID, edit)
	if p := want(t, err, 409, order.Conflict); len(p.Allowed) == 0 {
		t.Errorf("the problem does not say what is allowed: %+v", p)
	}
}

func TestImportRoute(t *testing.T) {
	f := openOffice(t)
	_, bea := f.place(t)
	file := []byte("title;client_name;client_email;due;price\nFilm;Bea;b@example.org;27.11.2026;1.480,00\nLogo;Bob;bob@example.org;28.11.2026;\n")
	dry, err := f.eva.ImportOrders(t.Context(), api.Import{File: file, DryRun: true, Timezone: "Europe/Berlin"})
	if err != nil || !dry.DryRun || len(dry.Orders) != 2 || dry.Orders[0].ID != "" {
		t.Fatalf("the dry run: %+v, %v", dry, err)
	}
	var first api.Imported
	for i := range 2 {
		got, err := f.eva.ImportOrders(t.Context(), api.Import{File: file, Key: "k", Timezone: "Europe/Berlin"})
		if err != nil || len(got.Orders) != 2 || i == 1 && !cmp.Equal(first, got) {
			t.Fatalf("import %d: %+v, %v", i, got, err)
		}
		first = got
	}
	if o, err := f.opening(t, first.Orders[1].ReviewURL).Order(t.Context(), first.Orders[1].ID); err != nil || o.Title != "Logo" {
		t.Errorf("an imported order's link: %+v, %v", o, err)
	}
	_, err = f.eva.ImportOrders(t.Context(), api.Import{File: []byte("title,client_name,client_email,due\nFilm,Bea,b@example.org,soon\n")})
	if p := want(t, err, 422, order.Invalid); len(p.Errors) != 1 || p.Errors[0].Line != 2 || p.Errors[0].Field != "due" {
		t.Errorf("the problem: %+v", p)
	}
	_, err = f.eva.ImportOrders(t.Context(), api.Import{File: make([]byte, 10<<20+1)})
	want(t, err, http.StatusRequestEntityTooLarge, "body_too_large")
	_, err = bea.ImportOrders(t.Context(), api.Import{File: file})
	want(t, err, http.StatusForbidden, order.Forbidden)
	_, err = f.eva.ImportOrders(t.Context(), api.Import{File: file, Timezone: "Nowhere"})
	if p := want(t, err, 422, order.Invalid); p.Field != "timezone" {
		t.Errorf("the problem: %+v", p)
	}
	if list, err := f.eva.Orders(t.Context()); err != nil || len(list) != 3 {
		t.Errorf("%d orders, %v", len(list), err)
	}
}

func TestListsAndSummary(t *testing.T) {
	f := openOffice(t)
	n := film()
	ids := map[string]string{}
	for i, title := range []string{"late", "active", "delivered", "late too"} {
		n.Title, n.DueAt = title, time.Now().UTC().Add(time.Duration(i+1)*time.Hour)
		if strings.HasPrefix(title, "late") {
			n.DueAt = time.Now().UTC().Add(time.Duration(i-100) * time.Hour)
		}
		o, err := f.eva.PlaceOrder(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		ids[title] = o.ID
	}
	f.deliver(t, ids["delivered"])
	for _, tc := range []struct {
		filter api.Filter
		want   []string
	}{
		{api.Filter{}, []string{"late", "late too", "active", "delivered"}},
		{api.Filter{Late: true}, []string{"late", "late too"}},
		{api.Filter{Late: true, Text: " TOO "}, []string{"late too"}},
		{api.Filter{Status: []order.Status{order.Delivered}}, []string{"delivered"}},
		{api.Filter{Late: true, Status: []order.Status{order.Delivered}}, []string{}},
		{api.Filter{Status: []order.Status{order.Active, order.Delivered}, Limit: 3}, []string{"late", "late too", "active"}},
		{api.Filter{Text: ids["active"]}, []string{"active"}},
	} {
		t.Run(fmt.Sprintf("%+v", tc.filter), func(t *testing.T) {
			page, err := f.eva.OrderPage(t.Context(), tc.filter)
			titles := []string{}
			for _, o := range page.Orders {
				titles = append(titles, o.Title)
			}
			if diff := cmp.Diff(tc.want, titles); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	if sum, err := f.eva.Summary(t.Context()); err != nil || sum != (api.Summary{Active: 3, Delivered: 1, Late: 2}) {
		t.Errorf("%+v, %v", sum, err)
	}
	if sum, err := f.otto.Summary(t.Context()); err != nil || sum != (api.Summary{}) {
		t.Errorf("another seller's: %+v, %v", sum, err)
	}
	for _, query := range []string{"status=lost", "limit=0", "limit=501", "late=perhaps", "cursor=!"} {
		if resp, body := f.exchange(t, f.eva, "GET", "/api/v1/orders?"+query, ""); resp.StatusCode != 422 {
			t.Errorf("%s: %s, %s", query, resp.Status, body)
		}
	}
}
