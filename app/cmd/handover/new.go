package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type newCommand struct {
	Title       string             `required:"" help:"What was ordered."`
	ClientName  string             `required:"" placeholder:"NAME" help:"The client's name."`
	ClientEmail string             `required:"" placeholder:"EMAIL" help:"The client's e-mail address."`
	Due         commandline.Moment `required:"" placeholder:"TIME" help:"When the work is due, such as 2026-11-27, 2026-11-27T14:20:00Z, or 72h from now."`
	Price       string             `placeholder:"120.00" help:"What the client pays."`
	Currency    string             `default:"EUR" help:"The price's currency."`
	Language    order.Language     `default:"" enum:",en,de" help:"The client's language: en or de."`
	TimeZone    string             `placeholder:"ZONE" help:"The client's time zone, such as Europe/Berlin, for times in e-mails until the client's browser reports another. Default: UTC."`
	Notes       string             `help:"Your own notes; the client never sees them."`
	Key         string             `help:"A key of your choice for this order, such as an invoice number: the same key places only one order."`
	JSON        bool               `help:"Answer in JSON."`
}

// Run places the order and prints its ID and the client's link.
func (c *newCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	n := api.NewOrder{
		Title: c.Title, Buyer: order.Contact{Name: c.ClientName, Email: c.ClientEmail, Language: c.Language, TimeZone: c.TimeZone},
		DueAt: time.Time(c.Due), Notes: c.Notes,
	}
	if c.Price != "" {
		n.Price = &api.Price{Amount: c.Price, Currency: strings.ToUpper(c.Currency)}
	}
	return g.with(streams, func(d *desk.Desk) error {
		o, err := d.Orders.Place(ctx, c.Key, n)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, o)
		}
		_, err = fmt.Fprintf(streams.Out, "order   %s\ntitle   %s\ndue     %s\nreview  %s\n", o.ID, tame(o.Title), local(o.DueAt), o.ReviewURL)
		return err
	})
}

// maxImport is the maximum size of a file of orders that is read; the server's
// limit is lower.
const maxImport = 64 << 20

type importCommand struct {
	File     string `arg:"" help:"The CSV file; - for standard input. Its first line names the columns: title, client_name, client_email, due, and optionally price, currency, language, time_zone, notes."`
	TimeZone string `aliases:"timezone" placeholder:"ZONE" help:"The time zone of the dates in the file, such as Europe/Berlin. Default: this computer's."`
	DryRun   bool   `help:"Only show the orders that would be placed."`
	Key      string `help:"A key of your choice for this import: the same key places the orders only once."`
	JSON     bool   `help:"Answer in JSON."`
}

// Run places the orders of the file, or says what is wrong in which line.
func (c *importCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	file, err := commandline.Input(c.File, streams, maxImport)
	if err != nil {
		return fmt.Errorf("read the orders: %w", err)
	}
	if c.TimeZone == "" {
		c.TimeZone = commandline.LocalZone()
	}
	return g.with(streams, func(d *desk.Desk) error {
		result, err := d.Orders.Import(ctx, api.Import{File: file, Timezone: c.TimeZone, DryRun: c.DryRun, Key: c.Key})
		if err != nil {
			return c.explain(err, streams)
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, result)
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		for _, o := range result.Orders {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.ID, tame(o.Title), tame(o.Client), o.ReviewURL)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		_, err = fmt.Fprintln(streams.Out, result)
		return err
	})
}

// explain says what is wrong in which line, before the error or in it.
func (c *importCommand) explain(err error, streams commandline.Streams) error {
	var wrong *api.Problem
	if !errors.As(err, &wrong) || len(wrong.Errors) == 0 {
		return err
	}
	if c.JSON {
		return &problem.Error{Code: wrong.Code, Message: api.InOneLine(wrong.Detail, wrong.Errors), Cause: err}
	}
	for _, e := range wrong.Errors {
		fmt.Fprintln(streams.Err, tame(e.String()))
	}
	return err
}

type linkCommand struct {
	ID     string `arg:"" help:"The order."`
	Renew  bool   `xor:"link" help:"Give the client a new link; the old one stops working immediately."`
	Revoke bool   `xor:"link" help:"Disable the link until it is renewed."`
	JSON   bool   `help:"Answer in JSON."`
}

// Run shows, renews or revokes the client's link.
func (c *linkCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		ask := d.Orders.BuyerLink
		switch {
		case c.Renew:
			ask = d.Orders.RenewBuyerLink
		case c.Revoke:
			ask = d.Orders.RevokeBuyerLink
		}
		link, err := ask(ctx, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, link)
		}
		text := link.ReviewURL
		switch {
		case link.Revoked:
			text = "The link is revoked; none works until you --renew it."
		case text == "":
			text = "The server keeps this link only as a hash and cannot show it; --renew makes a new one."
		}
		_, err = fmt.Fprintln(streams.Out, text)
		return err
	})
}
