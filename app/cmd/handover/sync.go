package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/backend/commandline"
)

type syncCommand struct {
	Folder string `env:"HANDOVER_FOLDER" placeholder:"DIR" help:"The work folder, remembered for later runs. Default: the folder Handover in your documents."`
	Anyway bool   `help:"Also watch a folder that holds more than work for your orders, such as your home folder."`
	Once   bool   `help:"Scan once, upload settled files, and end when all files are verified; exit status 1 if a file has a problem."`
	JSON   bool   `help:"Print events in JSON, one per line."`
}

// Run turns the work folder on and keeps the drafts in sync with it until it is
// interrupted.
func (c *syncCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	changes := change.NewPending[change.Change]()
	staying := func(o *desk.Options) {
		o.Background, o.SyncLater, o.Listen = true, true, func(c change.Change) { changes.Add(c) }
	}
	return g.with(streams, func(d *desk.Desk) error {
		r, err := newReporter(d, streams.Out, c.JSON)
		if err == nil {
			err = d.Folder.Enable(c.Folder, c.Anyway)
		}
		if err != nil {
			return err
		}
		r.begin()
		if c.Once {
			return c.once(ctx, d, r, changes)
		}
		for {
			if err := r.report(changes.Take()); err != nil {
				return err
			}
			select {
			case <-changes.Ready:
			case <-ctx.Done():
				return nil // the usual end
			}
		}
	}, staying)
}

// once waits until all drafts with files of the work folder are verified.
func (c *syncCommand) once(ctx context.Context, d *desk.Desk, r *reporter, changes *change.Pending[change.Change]) error {
	if err := d.Folder.Now(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := r.report(changes.Take()); err != nil {
			return err
		}
		done, err := d.Folder.Synced()
		if done || err != nil {
			return errors.Join(r.everything(), err)
		}
		select {
		case <-changes.Ready:
		case <-tick.C: // a file may leave the queue without an event
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// syncEvent is the JSON form of one line of sync.
type syncEvent struct {
	Time    time.Time    `json:"time"`
	Event   string       `json:"event"` // watching, file, removed, delivered, not_delivered, left_out, folder_problem, online, offline
	Order   string       `json:"order,omitempty"`
	Path    string       `json:"path,omitempty"`
	State   draft.State  `json:"state,omitempty"`
	Size    *int64       `json:"size,omitempty"`
	SHA256  string       `json:"sha256,omitempty"`
	Problem *draft.Fault `json:"problem,omitempty"`
	Reason  string       `json:"reason,omitempty"` // of left_out
	Detail  string       `json:"detail,omitempty"`
	Files   int          `json:"files,omitempty"` // in a folder that is left out

	why string // of left_out, in English
}

// words formats the event as text.
func (e syncEvent) words() string {
	what := e.Event
	if e.State != "" {
		what = string(e.State)
	}
	line := e.Time.Local().Format(time.TimeOnly) + " " + what
	if e.Order != "" {
		line += " " + e.Order
	}
	if e.Path != "" {
		line += " " + tame(e.Path)
	}
	if e.Files > 0 {
		line += " (" + files(e.Files) + ")"
	}
	if e.why != "" {
		line += ": " + tame(e.why)
	}
	if e.Problem != nil {
		line += fmt.Sprintf(": %s", tame(e.Problem.Message))
	}
	return line
}
