package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type orderCommands struct {
	Add    orderAdd    `cmd:"" help:"Place an order for a seller."`
	Import orderImport `cmd:"" help:"Place the orders of a CSV file, all or none."`
}

type orderAdd struct {
	dataFlags
	Seller     string             `required:"" placeholder:"EMAIL" help:"The seller's e-mail address."`
	BuyerName  string             `required:"" help:"The buyer's name."`
	BuyerEmail string             `required:"" help:"The buyer's e-mail address."`
	Title      string             `required:"" help:"Title of the order."`
	Due        commandline.Moment `required:"" placeholder:"TIME" help:"When the work is due: a time such as 2026-11-27T14:20:00Z, or a duration from now such as 72h."`
	Price      string             `placeholder:"120.00" help:"Price for the buyer."`
	Currency   string             `default:"EUR" help:"Currency of the price."`
	Language   order.Language     `default:"" enum:",en,de" help:"Language of the buyer: en or de."`
	TimeZone   string             `placeholder:"ZONE" help:"Time zone of the buyer, such as Europe/Berlin. E-mails give times in this zone until the buyer's browser reports another. Default: UTC."`
	Notes      string             `help:"Notes for the seller; the buyer never sees them."`
	JSON       bool               `help:"Answer in JSON."`
}

// Run places the order.
func (c *orderAdd) Run(ctx context.Context, streams commandline.Streams) error {
	n := api.NewOrder{
		Title: c.Title, Buyer: order.Contact{Name: c.BuyerName, Email: c.BuyerEmail, Language: c.Language, TimeZone: c.TimeZone},
		DueAt: time.Time(c.Due), Notes: c.Notes,
	}
	if c.Price != "" {
		n.Price = &api.Price{Amount: c.Price, Currency: strings.ToUpper(c.Currency)}
	}
	return c.with(streams, func(op backend.Operator) error {
		o, err := op.AddOrder(ctx, c.Seller, n)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, o)
		}
		_, err = fmt.Fprintf(streams.Out, "order   %s\ntitle   %s\ndue     %s\nreview  %s\n", o.ID, o.Title, o.DueAt.Format(time.RFC3339), o.ReviewURL)
		return err
	})
}

type checkCommand struct{ dataFlags }

// Run verifies the data. A problem makes it fail.
func (c *checkCommand) Run(ctx context.Context, streams commandline.Streams) error {
	return c.with(streams, func(op backend.Operator) error {
		report, err := op.Check(ctx)
		if err != nil {
			return err
		}
		for _, p := range report.Problems {
			fmt.Fprintln(streams.Err, p)
		}
		fmt.Fprintln(streams.Out, report)
		if len(report.Problems) > 0 {
			return fmt.Errorf("the check found %s", report.ProblemCount())
		}
		return nil
	})
}

type openapiCommand struct {
	Older bool `help:"In OpenAPI 3.0, for tools without support for 3.1."`
}

// Run prints the description.
func (c openapiCommand) Run(streams commandline.Streams) error {
	raw, err := backend.OpenAPI(c.Older)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(streams.Out, "%s\n", raw)
	return err
}
