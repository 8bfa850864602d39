package main

import (
	"context"
	"fmt"
	"os"
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

	Disable userDisable `cmd:"" help:"Disable an account: its seller is signed out and cannot sign in. Orders stay, and buyers can continue."`
	Enable  userEnable  `cmd:"" help:"Enable a disabled account."`
	Reset   userReset   `cmd:"" help:"Set a new password for an account, and sign its seller out everywhere."`
}

type userAdd struct {
	dataFlags
	Email        string         `required:"" help:"The seller's e-mail address, to sign in with."`
	Name         string         `required:"" help:"The seller's name as buyers see it."`
	PasswordFile string         `env:"HANDOVER_PASSWORD_FILE" placeholder:"FILE" help:"Read the password from this file; - for standard input. Without it the command asks."`
	Language     order.Language `default:"" enum:",de,en" placeholder:"de|en" help:"Language of the seller: de or en."`
	JSON         bool           `help:"Answer in JSON."`
}

// Run makes the account.
func (c *userAdd) Run(ctx context.Context, streams commandline.Streams) error {
	password, err := commandline.Password(c.PasswordFile, streams)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	// The first seller of a new server is often added before its first start.
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return c.with(streams, func(op backend.Operator) error {
		u, err := op.AddUser(ctx, api.NewUser{Email: c.Email, Name: c.Name, Password: password, Language: c.Language})
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
			fmt.Fprintf(table, "%s\t%s\t%s", u.Email, u.Name, u.CreatedAt.Format(time.RFC3339))
			if !u.DisabledAt.IsZero() {
				fmt.Fprintf(table, "\tdisabled since %s", u.DisabledAt.Format(time.RFC3339))
			}
			fmt.Fprintln(table)
		}
		return table.Flush()
	})
}

type userDisable struct {
	dataFlags
	Email string `required:"" help:"The seller's e-mail address."`
	JSON  bool   `help:"Answer in JSON."`
}

// Run disables the account.
func (c *userDisable) Run(ctx context.Context, streams commandline.Streams) error {
	return c.setDisabled(ctx, streams, c.Email, true, c.JSON)
}

type userEnable struct {
	dataFlags
	Email string `required:"" help:"The seller's e-mail address."`
	JSON  bool   `help:"Answer in JSON."`
}

// Run enables the account.
func (c *userEnable) Run(ctx context.Context, streams commandline.Streams) error {
	return c.setDisabled(ctx, streams, c.Email, false, c.JSON)
}

func (d dataFlags) setDisabled(ctx context.Context, streams commandline.Streams, email string, disabled, asJSON bool) error {
	return d.with(streams, func(op backend.Operator) error {
		u, err := op.SetUserDisabled(ctx, email, disabled)
		if err != nil {
			return fmt.Errorf("%s: %w", email, err)
		}
		if disabled {
			return printUser(streams, u, "disabled", asJSON)
		}
		return printUser(streams, u, "enabled", asJSON)
	})
}

type userReset struct {
	dataFlags
	Email        string `required:"" help:"The seller's e-mail address."`
	PasswordFile string `env:"HANDOVER_PASSWORD_FILE" placeholder:"FILE" help:"Read the new password from this file; - for standard input. Without it the command asks."`
	JSON         bool   `help:"Answer in JSON."`
}

// Run sets the password.
func (c *userReset) Run(ctx context.Context, streams commandline.Streams) error {
	password, err := commandline.Password(c.PasswordFile, streams)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	return c.with(streams, func(op backend.Operator) error {
		u, err := op.ResetPassword(ctx, c.Email, password)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Email, err)
		}
		return printUser(streams, u, "set the password of", c.JSON)
	})
}

func printUser(streams commandline.Streams, u api.User, done string, asJSON bool) error {
	if asJSON {
		return commandline.PrintJSON(streams.Out, u)
	}
	_, err := fmt.Fprintf(streams.Out, "%s %s (%s)\n", done, u.Email, u.Name)
	return err
}
