package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"handover/backend"
	"handover/backend/commandline"
)

type migrateCommand struct {
	Data     string `env:"HANDOVER_DATA" required:"" placeholder:"DIR" help:"Data folder to move; no server may have it open. The command only reads it. secret.key stays in the folder, and the files too without a --storage."`
	Database string `env:"HANDOVER_DATABASE" required:"" placeholder:"postgres://…" help:"Empty PostgreSQL database for the records, or the database of an interrupted migration. Set it in the environment if it has a password."`
	Storage  string `env:"HANDOVER_STORAGE" placeholder:"s3://…" help:"S3 bucket for all files, as in serve --storage. Without it the files stay in the folder."`

	DropUnfinished bool `help:"With --storage: skip incomplete uploads. The sellers' programs upload them again."`
	JSON           bool `help:"Answer in JSON."`
}

// Run moves everything, and reports the results of both checks.
func (c *migrateCommand) Run(ctx context.Context, streams commandline.Streams) error {
	if err := checkAddresses(c.Database, c.Storage); err != nil {
		return err
	}
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("there is no data folder: %w", err)
	}
	shown := c.progress(streams)
	done, err := backend.Migrate(ctx, backend.Migration{
		Dir: c.Data, Database: c.Database, Storage: c.Storage, DropUnfinished: c.DropUnfinished, Log: newLog(streams.Err, "text", "warn"), Now: time.Now, Tell: shown.tell,
	})
	shown.end()
	if done.Source == nil {
		return c.explain(ctx, err)
	}
	if c.JSON {
		return errors.Join(commandline.PrintJSON(streams.Out, done), c.explain(ctx, err))
	}
	if done.Anew {
		fmt.Fprintln(streams.Err, "the source or the storage had changed since the migration began, so it started again")
	}
	for _, side := range []struct {
		name   string
		report *backend.Report
	}{{"source     ", done.Source}, {"destination", done.Destination}} {
		if side.report == nil {
			continue
		}
		for _, p := range side.report.Problems {
			fmt.Fprintf(streams.Err, "%s  %s\n", side.name, p)
		}
		fmt.Fprintf(streams.Out, "%s  %s\n", side.name, side.report)
	}
	if err != nil {
		return c.explain(ctx, err)
	}
	return c.summarise(streams, done)
}

func (c *migrateCommand) summarise(streams commandline.Streams, done backend.Migrated) error {
	from := "--database"
	if c.Storage != "" {
		from += " and --storage"
	}
	if done.Already {
		_, err := fmt.Fprintf(streams.Out, "everything was carried over before; serve with %s from now on\n", from)
		return err
	}
	files := ""
	if c.Storage != "" {
		files = fmt.Sprintf(" and %d files, %d bytes", done.Files, done.Bytes)
	}
	if done.Dropped > 0 {
		fmt.Fprintf(streams.Out, "%d incomplete uploads were skipped\n", done.Dropped)
	}
	_, err := fmt.Fprintf(streams.Out, "carried %d records%s; serve with %s from now on\n", done.Records, files, from)
	return err
}

// explain says how to continue after an interruption.
func (c *migrateCommand) explain(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted; run the same command again to continue, or start the server on the folder as before")
	}
	return err
}

// progress shows the progress of the migration: on one updated line of a terminal,
// or else as one line for each step.
func (c *migrateCommand) progress(streams commandline.Streams) *progressLine {
	f, ok := streams.Err.(*os.File)
	return &progressLine{out: streams.Err, live: ok && term.IsTerminal(int(f.Fd())), silent: c.JSON, now: time.Now}
}
