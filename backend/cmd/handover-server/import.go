package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type orderImport struct {
	dataFlags
	Seller   string `required:"" placeholder:"EMAIL" help:"The seller's e-mail address."`
	Timezone string `placeholder:"ZONE" help:"Time zone of dates in the file, such as Europe/Berlin. Default: this computer's."`
	DryRun   bool   `help:"Show the orders without placing them."`
	JSON     bool   `help:"Answer in JSON."`
	File     string `arg:"" help:"The CSV file; - for standard input. Its first line names the columns: title, client_name, client_email, due, and optionally price, currency, language, time_zone, notes."`
}

// Run places the orders, or reports the errors by line.
func (c *orderImport) Run(ctx context.Context, streams commandline.Streams) error {
	file, err := commandline.Input(c.File, streams, backend.MaxImportBytes)
	if err != nil {
		return fmt.Errorf("read the orders: %w", err)
	}
	if c.Timezone == "" {
		c.Timezone = commandline.LocalZone()
	}
	return c.with(streams, func(op backend.Operator) error {
		result, err := op.ImportOrders(ctx, c.Seller, api.Import{File: file, Timezone: c.Timezone, DryRun: c.DryRun})
		if err != nil {
			return err
		}
		if result.Wrong > 0 {
			return c.explain(result, streams)
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, result)
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		for _, o := range result.Orders {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.ID, o.Title, o.Client, o.ReviewURL)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		_, err = fmt.Fprintln(streams.Out, result)
		return err
	})
}

// explain reports the errors by line: before the returned error, or in it with --json.
func (c *orderImport) explain(result api.Imported, streams commandline.Streams) error {
	refused := &order.Error{Code: order.Invalid, Message: fmt.Sprintf("the file has %d errors; nothing was placed", result.Wrong)}
	if c.JSON {
		refused.Message = api.InOneLine(refused.Message, result.Errors)
		return refused
	}
	for _, e := range result.Errors {
		fmt.Fprintln(streams.Err, e)
	}
	return refused
}
