package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"handover/backend"
	"handover/backend/commandline"
	"handover/backend/order"
)

type backupCommand struct {
	dataFlags
	To    string `required:"" placeholder:"FILE" help:"Write the backup into this file; - for standard output."`
	Force bool   `help:"Replace the file if it is there."`
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
		err := writeWhole(c.To, c.Force, func(w io.Writer) (err error) {
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

// writeWhole makes the file durably and whole, or not at all. It replaces one
// that is there only when force says so.
func writeWhole(path string, force bool, write func(io.Writer) error) error {
	exists := &order.Error{Code: order.Exists, Message: path + " is there already; --force replaces it"}
	if _, err := os.Lstat(path); err == nil && !force {
		return exists // before the work, and again after it
	}
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".partial-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	err = write(temp)
	if err == nil {
		err = temp.Sync()
	}
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if force {
		err = os.Rename(temp.Name(), path)
	} else if err = os.Link(temp.Name(), path); errors.Is(err, fs.ErrExist) {
		err = exists
	} else if err != nil { // not every file system has links
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // the name is durable too, where the system can do that
	return nil
}

type restoreCommand struct {
	From string `required:"" placeholder:"FILE" help:"Read the backup from this file; - for standard input."`
	Data string `required:"" placeholder:"DIR" help:"Make this data folder. It must be empty or missing."`
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
