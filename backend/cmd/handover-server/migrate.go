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
	Data     string `env:"HANDOVER_DATA" required:"" placeholder:"DIR" help:"Data folder to carry over; no server may have it open. It is read only, and goes on to keep secret.key, and the files unless there is a --storage."`
	Database string `env:"HANDOVER_DATABASE" required:"" placeholder:"postgres://…" help:"Empty PostgreSQL database to carry the records to, or the one where this has begun; better set in the environment when it has a password."`
	Storage  string `env:"HANDOVER_STORAGE" placeholder:"s3://…" help:"Bucket of a service that speaks S3 to carry all files to, as serve --storage has it; without, they stay in the folder."`

	DropUnfinished bool `help:"With --storage: leave uploads behind that have not arrived whole. Their sellers' programs send them anew."`
	JSON           bool `help:"Answer in JSON."`
}

// Run carries everything over, and says what both checks found.
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
		fmt.Fprintln(streams.Err, "the source had changed since the migration began, or goes to another storage, so it began anew")
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
		fmt.Fprintf(streams.Out, "%d unfinished uploads were left behind\n", done.Dropped)
	}
	_, err := fmt.Fprintf(streams.Out, "carried %d records%s; serve with %s from now on\n", done.Records, files, from)
	return err
}

// explain says of an interruption that nothing is lost by it.
func (c *migrateCommand) explain(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted; the same command goes on from here, and until it has ended the folder's own server can be started again")
	}
	return err
}

// progress shows how far the migration has come: on one line of a terminal, or
// with a line a step elsewhere.
func (c *migrateCommand) progress(streams commandline.Streams) *progressLine {
	f, ok := streams.Err.(*os.File)
	return &progressLine{out: streams.Err, live: ok && term.IsTerminal(int(f.Fd())), silent: c.JSON, now: time.Now}
}
