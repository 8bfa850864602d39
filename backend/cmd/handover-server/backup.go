package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"handover/backend"
	"handover/backend/commandline"
	"handover/backend/order"
	"handover/internal/atomicfile"
)

type backupCommand struct {
	dataFlags
	To    string `required:"" placeholder:"FILE" help:"Write the backup into this file; - for standard output."`
	Force bool   `help:"Replace an existing file."`
	JSON  bool   `help:"Answer in JSON."`
}

// Run writes the backup.
func (c *backupCommand) Run(ctx context.Context, streams commandline.Streams) error {
	return c.with(streams, func(op backend.Operator) error {
		if c.To == "-" {
			summary, err := op.Backup(ctx, streams.Out)
			if err != nil {
				return err
			}
			return printBackup(streams.Err, "backed up", summary, c.JSON)
		}
		var summary backend.BackupSummary
		err := writeBackup(c.To, c.Force, func(w io.Writer) (err error) {
			summary, err = op.Backup(ctx, w)
			return err
		})
		if err != nil {
			return err
		}
		return printBackup(streams.Out, "backed up", summary, c.JSON)
	})
}

func printBackup(w io.Writer, done string, s backend.BackupSummary, asJSON bool) error {
	if asJSON {
		return commandline.PrintJSON(w, s)
	}
	_, err := fmt.Fprintf(w, "%s %d files, %d bytes\n", done, s.Files, s.Bytes)
	return err
}

// writeBackup writes the complete file or none. It replaces an existing file only
// if force is set.
func writeBackup(path string, force bool, write func(io.Writer) error) error {
	if force {
		return atomicfile.Replace(path, write)
	}
	err := atomicfile.Create(path, write)
	if errors.Is(err, fs.ErrExist) {
		return &order.Error{Code: order.Exists, Message: path + " is there already; --force replaces it"}
	}
	return err
}

type restoreCommand struct {
	From string `required:"" placeholder:"FILE" help:"Read the backup from this file; - for standard input."`
	Data string `env:"HANDOVER_DATA" required:"" placeholder:"DIR" help:"Data folder to make. It must be empty or missing."`
	JSON bool   `help:"Answer in JSON."`
}

// Run restores the backup.
func (c *restoreCommand) Run(ctx context.Context, streams commandline.Streams) error {
	from := streams.In
	if c.From != "-" {
		f, err := os.Open(c.From)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	}
	summary, err := backend.Restore(ctx, from, c.Data)
	if err != nil {
		return err
	}
	return printBackup(streams.Out, "restored", summary, c.JSON)
}
