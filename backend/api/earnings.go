package api

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Earnings has a seller's totals and their history by month.
type Earnings struct {
	Totals []CurrencyTotal `json:"totals" nullable:"false" doc:"by currency"`
	Months []MonthTotal    `json:"months" nullable:"false" doc:"by month (UTC) and currency, oldest first"`
}

// CurrencyTotal has the current totals in one currency. Amounts are decimal
// numbers such as 120.00.
type CurrencyTotal struct {
	Currency string `json:"currency" doc:"ISO 4217 code"`
	Pending  string `json:"pending" doc:"of orders that are neither completed nor cancelled"`
	Clearing string `json:"clearing" doc:"earned, and not cleared yet"`
	Cleared  string `json:"cleared" doc:"earned, and past the clearing period"`
}

// MonthTotal has the changes in one currency in one month.
type MonthTotal struct {
	Month     string `json:"month" example:"2026-11" doc:"of UTC"`
	Currency  string `json:"currency" doc:"ISO 4217 code"`
	Placed    string `json:"placed" doc:"of orders placed in the month"`
	Cancelled string `json:"cancelled" doc:"of orders cancelled in the month"`
	Completed string `json:"completed" doc:"earned in the month"`
	Cleared   string `json:"cleared" doc:"of payments that cleared in the month"`
}

// Earnings returns the seller's earnings.
func (c *Client) Earnings(ctx context.Context) (Earnings, error) {
	return call[Earnings](ctx, c, "GET", "/earnings", nil)
}

// EarningsCSV writes the seller's ledger to w as CSV (RFC 4180), a line for each
// change of a payment, oldest first.
func (c *Client) EarningsCSV(ctx context.Context, w io.Writer) error {
	resp, err := c.do(ctx, "GET", "/earnings.csv", nil, "Accept", anything)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err = io.Copy(w, resp.Body); errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: its answer was cut short: %w", ErrUnreachable, err)
	}
	return err
}
