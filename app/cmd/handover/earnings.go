package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/commandline"
)

type earningsCommand struct {
	CSV  bool `name:"csv" xor:"format" help:"Print the ledger as CSV: one line per change."`
	JSON bool `xor:"format" help:"Answer in JSON."`
}

// Run shows the earnings.
func (c *earningsCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		if c.CSV {
			return d.Orders.EarningsCSV(ctx, streams.Out)
		}
		e, err := d.Orders.Earnings(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, e)
		}
		return printEarnings(streams.Out, e)
	})
}

func printEarnings(w io.Writer, e api.Earnings) error {
	if len(e.Totals) == 0 {
		_, err := fmt.Fprintln(w, "There is no order with a price.")
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "CURRENCY\tPENDING\tCLEARING\tCLEARED\t")
	for _, t := range e.Totals {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", t.Currency, t.Pending, t.Clearing, t.Cleared)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	fmt.Fprintln(table, "MONTH\tCURRENCY\tORDERED\tCANCELLED\tCOMPLETED\tCLEARED\t")
	for _, m := range e.Months {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Month, m.Currency, m.Placed, m.Cancelled, m.Completed, m.Cleared)
	}
	return table.Flush()
}
