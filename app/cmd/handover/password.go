package main

import (
	"context"
	"errors"
	"fmt"

	"handover/app/internal/desk"
	"handover/backend/commandline"
)

type passwordCommand struct {
	CurrentFile string `placeholder:"FILE" help:"Read the current password from this file; - for standard input. Asked for when not given."`
	NewFile     string `placeholder:"FILE" help:"Read the new password from this file; - for standard input. Asked for when not given."`
}

// Run changes the password.
func (c *passwordCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	if c.CurrentFile == "-" && c.NewFile == "-" {
		return &commandline.UsageError{Err: errors.New("only one of --current-file and --new-file can be the standard input")}
	}
	current, err := commandline.AskPassword("Current password: ", c.CurrentFile, streams)
	if err != nil {
		return fmt.Errorf("read the current password: %w", err)
	}
	password, err := commandline.AskPassword("New password: ", c.NewFile, streams)
	if err != nil {
		return fmt.Errorf("read the new password: %w", err)
	}
	return g.with(streams, func(d *desk.Desk) error {
		if err := d.Session.ChangePassword(ctx, current, password); err != nil {
			return err
		}
		_, err := fmt.Fprintln(streams.Out, "changed the password; other devices are signed out")
		return err
	})
}
