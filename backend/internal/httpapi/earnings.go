package httpapi

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

func (s *Server) earnings(ctx context.Context, _ *struct{}) (*body[api.Earnings], error) {
	months, err := s.Store.Ledger.Earnings(ctx, principalOf(ctx).Account.ID)
	if err != nil {
		return nil, s.refuse(err)
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

// earningsCSV sends the seller's ledger as CSV (RFC 4180).
func (s *Server) earningsCSV(w http.ResponseWriter, r *http.Request) {
	seller, err := s.SellerOf(r)
	if err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	entries, err := s.Store.Ledger.Entries(r.Context(), seller, 0, csvPage)
	if err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="earnings.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write([]string{"time", "order", "title", "buyer", "payment", "amount", "currency"})
	for len(entries) > 0 && err == nil {
		for _, e := range entries {
			out.Write(cells(e))
		}
		if out.Flush(); out.Error() != nil {
			return // the client has gone
		}
		if len(entries) < csvPage {
			return
		}
		entries, err = s.Store.Ledger.Entries(r.Context(), seller, entries[len(entries)-1].Seq, csvPage)
	}
	if out.Flush(); err != nil {
		s.Log.Error("export of the ledger failed", "error", err)
		panic(http.ErrAbortHandler) // so that the client does not take a part for the whole
	}
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
