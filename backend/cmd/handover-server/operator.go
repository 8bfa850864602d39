package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type userCommands struct {
	Add  userAdd  `cmd:"" help:"Make a seller's account."`
	List userList `cmd:"" help:"List the sellers' accounts."`
}

type userAdd struct {
	dataFlags
	Email        string `required:"" help:"The seller's e-mail address, to sign in with."`
	Name         string `required:"" help:"The seller's name as buyers see it."`
	PasswordFile string `placeholder:"FILE" help:"Read the password from this file; - for standard input. Asked for when not given."`
	JSON         bool   `help:"Answer in JSON."`
}

// Run makes the account.
func (c *userAdd) Run(ctx context.Context, streams commandline.Streams) error {
	password, err := commandline.Password(c.PasswordFile, streams)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	// The first seller of a new server is often added before it is started.
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return c.with(streams, func(op backend.Operator) error {
		u, err := op.AddUser(ctx, api.NewUser{Email: c.Email, Name: c.Name, Password: password})
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, u)
		}
		_, err = fmt.Fprintf(streams.Out, "added %s (%s)\n", u.Email, u.Name)
		return err
	})
}

type userList struct {
	dataFlags
	JSON bool `help:"Answer in JSON."`
}

// Run lists the accounts.
func (c *userList) Run(ctx context.Context, streams commandline.Streams) error {
	return c.with(streams, func(op backend.Operator) error {
		users, err := op.Users(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, users)
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		for _, u := range users {
			fmt.Fprintf(table, "%s\t%s\t%s\n", u.Email, u.Name, u.CreatedAt.Format(time.RFC3339))
		}
		return table.Flush()
	})
}

type orderCommands struct {
	Add    orderAdd    `cmd:"" help:"Place an order of a seller."`
	Import orderImport `cmd:"" help:"Place the orders of a CSV file, all or none."`
}

type orderAdd struct {
	dataFlags
	Seller     string             `required:"" placeholder:"EMAIL" help:"The seller's e-mail address."`
	BuyerName  string             `required:"" help:"The buyer's name."`
	BuyerEmail string             `required:"" help:"The buyer's e-mail address."`
	Title      string             `required:"" help:"What was ordered."`
	Due        commandline.Moment `required:"" placeholder:"TIME" help:"When the work is due: as 2026-11-27T14:20:00Z, or in 72h."`
	Price      string             `placeholder:"120.00" help:"What the buyer pays."`
	Currency   string             `default:"EUR" help:"The price's currency."`
	Language   order.Language     `default:"" enum:",en,de" help:"What the buyer reads: en or de."`
	Notes      string             `help:"Notes of the seller's own; the buyer never sees them."`
	JSON       bool               `help:"Answer in JSON."`
}

// Run places the order.
func (c *orderAdd) Run(ctx context.Context, streams commandline.Streams) error {
	n := api.NewOrder{
		Title: c.Title, Buyer: order.Contact{Name: c.BuyerName, Email: c.BuyerEmail, Language: c.Language},
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

// Run verifies and fails when there is a problem.
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
			return fmt.Errorf("the check found %d problems", len(report.Problems))
		}
		return nil
	})
}

type openapiCommand struct{}

// Run prints the description.
func (openapiCommand) Run(streams commandline.Streams) error {
	raw, err := backend.OpenAPI()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(streams.Out, "%s\n", raw)
	return err
}
