package main

import (
	"context"
	"fmt"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/commandline"
)

type loginCommand struct {
	URL          string `arg:"" help:"The server's address, such as https://handover.example.org."`
	Email        string `required:"" help:"Your e-mail address."`
	PasswordFile string `env:"HANDOVER_PASSWORD_FILE" placeholder:"FILE" help:"Read the password from this file; - for standard input. Asked for when not given."`
	Insecure     bool   `help:"Allow a connection that others can read: plain http to another computer."`
}

// Run signs in.
func (c *loginCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	password, err := commandline.Password(c.PasswordFile, streams)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	return g.with(streams, func(d *desk.Desk) error {
		err := d.Session.SignIn(ctx, c.URL, c.Email, password, c.Insecure)
		if e := problem.Explain(err); e != nil && e.Code == problem.CodeInsecure {
			return &problem.Error{Code: e.Code, Message: e.Message + "; use https, or --insecure if you mean it", Cause: err}
		}
		if err != nil {
			return err
		}
		if zone := commandline.LocalZone(); zone != "UTC" { // UTC may also mean that the zone is unknown
			_ = d.Session.SendTimeZone(ctx, zone) // an older server refuses it, but the sign-in worked
		}
		s, _ := d.Session.Current()
		_, err = fmt.Fprintf(streams.Out, "signed in at %s as %s\n", s.Server, s.Name)
		return err
	})
}

type logoutCommand struct{}

// Run signs out.
func (*logoutCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		if err := d.Session.SignOut(ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(streams.Out, "signed out; drafts stay on this computer")
		return err
	})
}
