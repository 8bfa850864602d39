package app

import (
	"bytes"

	"handover/app/internal/desk"
	"handover/backend/api"
)

// Earnings are the seller's current totals and their changes by month. Amounts
// are decimal numbers such as 120.00.
type Earnings struct {
	Totals []CurrencyTotal `json:"totals"`
	Months []MonthTotal    `json:"months"` // oldest first
}

// CurrencyTotal holds the current totals of one currency.
type CurrencyTotal struct {
	Currency string `json:"currency"`
	Pending  string `json:"pending"`
	Clearing string `json:"clearing"`
	Cleared  string `json:"cleared"`
}

// MonthTotal holds the changes of one currency in a month (UTC).
type MonthTotal struct {
	Month     string `json:"month"` // such as 2026-11
	Currency  string `json:"currency"`
	Placed    string `json:"placed"`
	Cancelled string `json:"cancelled"`
	Completed string `json:"completed"`
	Cleared   string `json:"cleared"`
}

// Earnings returns the seller's earnings.
func (b *Orders) Earnings() (Earnings, error) {
	return ask(b.p, func(d *desk.Desk) (Earnings, error) {
		e, err := d.Orders.Earnings(b.p.ctx)
		return viewEarnings(e), err
	})
}

// ExportEarnings asks the seller for a file, saves the ledger there as CSV, and
// returns the file's path; "" when the seller cancels.
func (b *Orders) ExportEarnings() (string, error) {
	return ask(b.p, func(d *desk.Desk) (string, error) {
		var ledger bytes.Buffer
		if err := d.Orders.EarningsCSV(b.p.ctx, &ledger); err != nil {
			return "", err
		}
		return b.p.keep("earnings.csv", ledger.Bytes())
	})
}

func viewEarnings(e api.Earnings) Earnings {
	v := Earnings{Totals: make([]CurrencyTotal, len(e.Totals)), Months: make([]MonthTotal, len(e.Months))}
	for i, t := range e.Totals {
		v.Totals[i] = CurrencyTotal(t)
	}
	for i, m := range e.Months {
		v.Months[i] = MonthTotal(m)
	}
	return v
}
