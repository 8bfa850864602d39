package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"handover/backend"
	"handover/backend/commandline"
)

type janitorCommand struct {
	dataFlags
	DryRun         bool          `help:"Show what would be removed, without removing it."`
	AbandonedAfter time.Duration `env:"HANDOVER_ABANDONED_AFTER" default:"168h" help:"Remove uploads without new data for this time. A running server uses its own setting."`
	JSON           bool          `help:"Answer in JSON."`
}

// Run sweeps, in the running server if there is one.
func (c *janitorCommand) Run(ctx context.Context, streams commandline.Streams) error {
	if c.AbandonedAfter <= 0 {
		return errAbandonedAfter
	}
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("there is no data folder: %w", err)
	}
	config, err := c.config(newLog(streams.Err, "text", "info"))
	if err != nil {
		return err
	}
	config.AbandonedAfter = c.AbandonedAfter
	op, closeOperator, err := backend.OpenOperator(config)
	if err != nil {
		return err
	}
	swept, err := op.Sweep(ctx, c.DryRun)
	if err := errors.Join(err, closeOperator()); err != nil {
		return err
	}
	if c.JSON {
		return commandline.PrintJSON(streams.Out, swept)
	}
	said := "removed: "
	if c.DryRun {
		said = "would remove: "
	}
	_, err = fmt.Fprintln(streams.Out, said+swept.String())
	return err
}

var errAbandonedAfter = &commandline.UsageError{Err: errors.New("--abandoned-after is a duration above zero, such as 168h")}

// space is a number of bytes that may be 0, such as 1GB.
type space int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *space) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*s = 0
		return nil
	}
	return (*size)(s).UnmarshalText(text)
}
