package main

import (
	"context"
	"fmt"
	"io"

	"github.com/docker/go-units"

	"handover/app/internal/desk"
	"handover/app/internal/foldersync"
	"handover/backend/commandline"
)

type folderCommand struct {
	Move string `placeholder:"DIR" xor:"do" help:"Move it there, or into that folder when it is not empty. Nothing is deleted before everything is copied."`
	Off  bool   `xor:"do" help:"Turn it off, for the window too. Folders and drafts stay as they are."`
	JSON bool   `help:"Answer in JSON."`
}

// folderView is the JSON form of the work folder.
type folderView struct {
	Folder  string `json:"folder"`
	Enabled bool   `json:"enabled"`
	There   bool   `json:"there"`
	Scanned bool   `json:"scanned"` // its drive reports no changes
}

// Run shows the work folder, moves it or turns it off.
func (c *folderCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) (err error) {
		switch {
		case c.Move != "":
			_, err = d.Folder.Move(ctx, c.Move, progressOf(streams.Err, c.JSON))
		case c.Off:
			err = d.Folder.Disable()
		}
		if err != nil {
			return err
		}
		w, err := d.Folder.Status()
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, folderView{w.Folder, w.Enabled, w.There, w.Scanned})
		}
		return printFolder(streams.Out, w)
	})
}

func printFolder(out io.Writer, w foldersync.Status) error {
	switch {
	case !w.Enabled:
		_, err := fmt.Fprintf(out, "off: %s; turn it on with handover sync\n", tame(w.Folder))
		return err
	case !w.There:
		_, err := fmt.Fprintf(out, "on: %s, which is not there; plug in its drive\n", tame(w.Folder))
		return err
	}
	_, err := fmt.Fprintf(out, "on: %s\n", tame(w.Folder))
	if err != nil || !w.Scanned {
		return err
	}
	_, err = fmt.Fprintln(out, "its drive reports no changes, so it is scanned every 30 seconds")
	return err
}

// progressOf prints the progress of copying, one line per tenth.
func progressOf(out io.Writer, quiet bool) func(foldersync.Moving) {
	tenths := int64(0)
	return func(m foldersync.Moving) {
		if quiet || m.Total == 0 || m.Done*10/m.Total <= tenths {
			return
		}
		tenths = m.Done * 10 / m.Total
		fmt.Fprintf(out, "%s of %s copied\n", units.HumanSize(float64(m.Done)), units.HumanSize(float64(m.Total)))
	}
}
