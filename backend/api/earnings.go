package api

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Earnings is where a seller's money stands, and how it got there.
type Earnings struct {
	Totals []CurrencyTotal `json:"totals" nullable:"false" doc:"by currency"`
	Months []MonthTotal    `json:"months" nullable:"false" doc:"by month (UTC) and currency, oldest first"`
}

// CurrencyTotal is where the money of one currency stands now. Amounts are
// decimal numbers such as 120.00.
type CurrencyTotal struct {
	Currency string `json:"currency" doc:"ISO 4217 code"`
	Pending  string `json:"pending" doc:"of orders that are neither completed nor cancelled"`
	Clearing string `json:"clearing" doc:"earned, and not cleared yet"`
	Cleared  string `json:"cleared" doc:"earned, and past the clearing period"`
}

// MonthTotal is what happened to the money of one currency in one month.
type MonthTotal struct {
	Month     string `json:"month" example:"2026-11" doc:"of UTC"`
	Currency  string `json:"currency" doc:"ISO 4217 code"`
	Placed    string `json:"placed" doc:"of orders placed in the month"`
	Cancelled string `json:"cancelled" doc:"of orders cancelled in the month"`
	Completed string `json:"completed" doc:"earned in the month"`
	Cleared   string `json:"cleared" doc:"of payments that cleared in the month"`
}

// Earnings returns where the seller's money stands.
func (c *Client) Earnings(ctx context.Context) (Earnings, error) {
	return call[Earnings](ctx, c, "GET", "/earnings", nil)
}

// EarningsCSV writes the seller's ledger to w as CSV (RFC 4180), a line for
// each time that money moved, oldest first.
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
