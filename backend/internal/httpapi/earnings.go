package httpapi

import (
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// earningsRoutes sum and export a seller's ledger.
type earningsRoutes struct {
	ledger store.Ledger
	access access.Authorizer
	log    *slog.Logger
}

func (s earningsRoutes) register(r *routes) {
	add(r, openapi.Operation("GET", "/api/v1/earnings", "earnings", "Where a seller's money stands, by currency and month", r.sellers()), s.totals)
	r.mux.HandleFunc("GET /api/v1/earnings.csv", s.csv)
}

func (s earningsRoutes) totals(ctx context.Context, _ *struct{}) (*body[api.Earnings], error) {
	months, err := s.ledger.Earnings(ctx, principalOf(ctx).Account.ID)
	if err != nil {
		return nil, err
	}
	answer := api.Earnings{Totals: []api.CurrencyTotal{}, Months: []api.MonthTotal{}}
	totals := map[string]order.Earnings{}
	for _, m := range months {
		totals[m.Currency] = totals[m.Currency].Plus(m.Earnings)
		answer.Months = append(answer.Months, api.MonthTotal{
			Month: m.Month, Currency: m.Currency, Placed: decimal(m.Placed), Cancelled: decimal(m.Cancelled),
			Completed: decimal(m.Completed), Cleared: decimal(m.Cleared),
		})
	}
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		t := totals[currency]
		answer.Totals = append(answer.Totals, api.CurrencyTotal{
			Currency: currency, Pending: decimal(t.Pending()), Clearing: decimal(t.Clearing()), Cleared: decimal(t.Cleared),
		})
	}
	return &body[api.Earnings]{answer}, nil
}

func decimal(hundredths int64) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }

// csvPage is how many entries are read at once. No transaction stays open while
// the server sends them.
const csvPage = 1_000

// csv sends the seller's ledger as CSV (RFC 4180).
func (s earningsRoutes) csv(w http.ResponseWriter, r *http.Request) {
	seller, err := s.access.SellerOf(r)
	if err != nil {
		problem.Refuse(w, err, s.log)
		return
	}
	entries, err := s.ledger.Entries(r.Context(), seller, 0, csvPage)
	if err != nil {
		problem.Refuse(w, err, s.log)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="earnings.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write([]string{"time", "order", "title", "buyer", "payment", "amount", "currency"})
	for len(entries) > 0 {
		for _, e := range entries {
			out.Write(cells(e))
		}
		if out.Flush(); out.Error() != nil {
			return // the client has gone
		}
		if len(entries) < csvPage {
			return
		}
		entries, err = s.ledger.Entries(r.Context(), seller, entries[len(entries)-1].Seq, csvPage)
		if err != nil {
			s.log.Error("export of the ledger failed", "error", err)
			panic(http.ErrAbortHandler) // so that the client does not take a part for the whole
		}
	}
	out.Flush()
}

func cells(e order.Entry) []string {
	line := []string{
		e.At.UTC().Format(time.RFC3339), e.Order, e.Title, e.Buyer, string(e.Status), decimal(e.Amount.Hundredths), e.Amount.Currency,
	}
	for i, cell := range line {
		line[i] = harmless(cell)
	}
	return line
}

// harmless prevents spreadsheets from reading a cell as a formula, because other
// people write titles and names. The characters are those of OWASP's "CSV
// injection", with their full-width forms, which some spreadsheets accept too.
func harmless(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + cell
	}
	return cell
}
