package httpapi_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/order"
)

func TestEarningsFollowTheOrders(t *testing.T) {
	s := openShop(t)
	nothing, err := s.seller.Earnings(t.Context())
	if err != nil || len(nothing.Totals) != 0 || nothing.Totals == nil || nothing.Months == nil {
		t.Fatalf("%+v, %v", nothing, err)
	}
	events := s.follow()
	o, buyer := s.sell("Wedding film", "480.00")
	s.sell("=HYPERLINK(1)", "0.05")
	free, freeBuyer := s.sell("A present", "")
	s.deliver(o.ID)
	s.deliver(free.ID)
	for id, b := range map[string]*api.Client{o.ID: buyer, free.ID: freeBuyer} {
		if _, err := b.Review(id).Accept(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	totals := func(pending, clearing, cleared string) {
		t.Helper()
		e, err := s.seller.Earnings(t.Context())
		want := []api.CurrencyTotal{{Currency: "EUR", Pending: pending, Clearing: clearing, Cleared: cleared}}
		if diff := cmp.Diff(want, e.Totals); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	totals("0.05", "480.00", "0.00")

	s.wait(14 * 24 * time.Hour)
	s.sell("Wakes the clock", "1.00")
	for range 2 { // the free order's payment clears as well
		if e := s.next(events, order.PaymentCleared); !e.At.Equal(opening.Add(14*24*time.Hour)) || e.By != order.Clock {
			t.Errorf("%+v", e)
		}
	}
	totals("1.05", "0.00", "480.00")
	e, err := s.seller.Earnings(t.Context())
	want := []api.MonthTotal{
		{Month: "2026-11", Currency: "EUR", Placed: "480.05", Cancelled: "0.00", Completed: "480.00", Cleared: "0.00"},
		{Month: "2026-12", Currency: "EUR", Placed: "1.00", Cancelled: "0.00", Completed: "0.00", Cleared: "480.00"},
	}
	if diff := cmp.Diff(want, e.Months); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTheLedgerAsCSV(t *testing.T) {
	s := openShop(t)
	titles := []string{`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", "＝1+1", "Film, \"uncut\"", "plain", "'quoted"}
	for _, title := range titles {
		s.sell(title, "12.50")
	}
	resp, text := s.ask(s.seller, "GET", "/api/v1/earnings.csv", "")
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") ||
		!strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s, %v", resp.Status, resp.Header)
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
		t.Error("lines do not end as RFC 4180 has it")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 1+len(titles) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if diff := cmp.Diff([]string{"time", "order", "title", "buyer", "payment", "amount", "currency"}, rows[0]); diff != "" {
		t.Error(diff)
	}
	for i, row := range rows[1:] {
		for _, cell := range row {
			if strings.ContainsAny(cell[:1], "=+-@") || strings.HasPrefix(cell, "＝") {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
		if got := strings.TrimPrefix(row[2], "'"); got != strings.TrimPrefix(titles[i], "'") {
			t.Errorf("title %q became %q", titles[i], row[2])
		}
		if !slices.Equal(row[3:], []string{"Bea", "pending", "12.50", "EUR"}) || row[0] != "2026-11-24T09:00:00Z" {
			t.Errorf("%q", row)
		}
	}
	var through bytes.Buffer
	if err := s.seller.EarningsCSV(t.Context(), &through); err != nil || through.String() != text {
		t.Errorf("the client got other bytes: %v", err)
	}
}

func TestALongLedgerIsWhole(t *testing.T) {
	s := openShop(t)
	const n = 1_001 // more than one page
	placed, buyer := s.sell("First", "1.00")
	s.deliver(placed.ID)
	if _, err := buyer.Review(placed.ID).Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	due := s.now().Add(120 * time.Hour).Format(time.DateOnly)
	more := "title,client_name,client_email,due,price\n" + strings.Repeat("More,Bea,bea@example.org,"+due+",1.00\n", n-2)
	if got, err := s.seller.ImportOrders(t.Context(), api.Import{File: []byte(more), Timezone: "Europe/Berlin"}); err != nil || got.Wrong > 0 {
		t.Fatalf("%+v, %v", got.Errors, err)
	}
	_, text := s.ask(s.seller, "GET", "/api/v1/earnings.csv", "")
	if got := strings.Count(text, "\r\n"); got != 1+n {
		t.Errorf("%d lines, want %d", got, 1+n)
	}
}

func TestEarningsAreTheSellersOwn(t *testing.T) {
	s := openShop(t)
	_, buyer := s.sell("Film", "480.00")
	if _, err := s.AddUser(t.Context(), api.NewUser{Email: "otto@example.org", Name: "Otto", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	otto := s.signedIn("otto@example.org")
	if e, err := otto.Earnings(t.Context()); err != nil || len(e.Totals) != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, text := s.ask(otto, "GET", "/api/v1/earnings.csv", ""); strings.Count(text, "\r\n") != 1 {
		t.Errorf("somebody else's ledger: %s", text)
	}
	for _, route := range []string{"/api/v1/earnings", "/api/v1/earnings.csv"} {
		for who, want := range map[*api.Client]int{buyer: http.StatusForbidden, nil: http.StatusUnauthorized, s.client("wrong"): http.StatusUnauthorized} {
			if resp, _ := s.ask(who, "GET", route, ""); resp.StatusCode != want {
				t.Errorf("%s: %s, want %d", route, resp.Status, want)
			}
		}
	}
}
