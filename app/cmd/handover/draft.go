package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/commandline"
	"handover/backend/order"
)

// draftView is the JSON form of a draft.
type draftView struct {
	Order       string       `json:"order"`
	Description string       `json:"description"`
	Files       []fileView   `json:"files"`
	Links       []order.Link `json:"links"`
	Done        []string     `json:"done,omitempty"` // IDs of the points that are done
	UpdatedAt   *time.Time   `json:"updated_at"`
	QueuedAt    *time.Time   `json:"queued_at,omitempty"` // a queued delivery is made when it is ready
	Notice      *draft.Fault `json:"notice,omitempty"`    // why a queued delivery was not made

	Symlinks []order.Symlink `json:"symlinks,omitempty"` // symbolic links among the files
	LeftOut  []leftOutView   `json:"left_out,omitempty"` // files in the draft's folders that are not delivered
}

type fileView struct {
	Path    string       `json:"path"`
	Size    int64        `json:"size"`
	State   draft.State  `json:"state"`
	SHA256  string       `json:"sha256,omitempty"`
	Problem *draft.Fault `json:"problem,omitempty"`

	Executable bool `json:"executable,omitempty"`
}

func viewDraft(d draft.Draft) draftView {
	v := draftView{Order: d.Order, Description: d.Description, Files: []fileView{}, Links: append([]order.Link{}, d.Links...), Done: d.Done, Symlinks: d.DeliveredSymlinks()}
	if !d.UpdatedAt.IsZero() {
		v.UpdatedAt = &d.UpdatedAt
	}
	if d.Queued != nil {
		v.QueuedAt = &d.Queued.At
	}
	if d.Notice.Code != "" {
		v.Notice = &d.Notice
	}
	for _, f := range d.Files {
		file := fileView{Path: f.Path, Size: f.Size, State: f.State, SHA256: f.SHA256, Executable: f.Executable}
		if f.Fault.Code != "" {
			file.Problem = &f.Fault
		}
		v.Files = append(v.Files, file)
	}
	return v
}

type draftCommand struct {
	ID      string  `arg:"" help:"The order."`
	Message *string `help:"Set the description of the delivery."`
	Done    *string `placeholder:"N,…" help:"Mark exactly the buyer's points with these numbers as done, such as 2,3; none for no point. The next delivery says so."`
	Unqueue bool    `help:"Cancel a queued delivery. The draft stays."`
	JSON    bool    `help:"Answer in JSON."`
}

// Run shows or changes the draft.
func (c *draftCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		// The draft can be read without the server, but its order must exist.
		o, _, _, err := d.Orders.Order(ctx, c.ID)
		if err != nil {
			return err
		}
		if err := c.tick(ctx, d); err != nil {
			return err
		}
		var dr draft.Draft
		if c.Unqueue {
			d.Delivery.Cancel(c.ID)
		}
		if c.Message != nil {
			dr, err = d.Describe(c.ID, *c.Message)
		} else {
			dr, err = d.Draft(c.ID)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			v := viewDraft(dr)
			if v.LeftOut, err = viewLeftOut(d, c.ID); err != nil {
				return err
			}
			return commandline.PrintJSON(streams.Out, v)
		}
		if err := showDraft(d, streams, dr); err != nil {
			return err
		}
		printTicks(streams.Out, o.Points, dr.Done)
		return nil
	})
}

// tick marks points as done.
func (c *draftCommand) tick(ctx context.Context, d *desk.Desk) error {
	if c.Done == nil {
		return nil
	}
	numbers, err := pointNumbers(*c.Done)
	if err != nil {
		return err
	}
	_, err = d.TickPoints(ctx, c.ID, numbers)
	return err
}

func printDraft(streams commandline.Streams, dr draft.Draft) error {
	if dr.Empty() {
		_, err := fmt.Fprintln(streams.Out, "Nothing is prepared for this order.")
		return err
	}
	fmt.Fprintf(streams.Out, "draft of order %s, saved %s\n", dr.Order, local(dr.UpdatedAt))
	switch {
	case dr.Queued != nil:
		fmt.Fprintln(streams.Out, "queued: not delivered yet")
	case dr.Notice.Code != "":
		fmt.Fprintln(streams.Out, dr.Notice.Message)
	}
	if dr.Description != "" {
		fmt.Fprintln(streams.Out, dr.Description)
	}
	table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	for _, f := range dr.Files {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", f.Path, units.HumanSize(float64(f.Size)), f.State, f.Fault.Message)
	}
	for _, l := range dr.DeliveredSymlinks() {
		fmt.Fprintf(table, "  %s\t-> %s\n", tame(l.Path), tame(l.Target))
	}
	for _, l := range dr.Links {
		fmt.Fprintf(table, "  %s\t%s\n", l.URL, l.Label)
	}
	return table.Flush()
}

// choices select files that are left out or refused by default.
type choices struct {
	Anyway  bool         `help:"Also attach files that are left out of folders: working files of programs, hidden files, folders for drafts."`
	Secrets desk.Secrets `enum:",take,leave" default:"" placeholder:"take|leave" help:"Attach files that look secret, such as keys and .env files, or leave them out. Without it they are refused."`
}

func (c choices) attaching(paths []string) desk.Attaching {
	return desk.Attaching{Paths: paths, Anyway: c.Anyway, Secrets: c.Secrets, Whole: true}
}

type attachCommand struct {
	ID      string   `arg:"" help:"The order."`
	Paths   []string `arg:"" optional:"" name:"path" help:"Files and folders: all of them are attached, or none."`
	Link    string   `placeholder:"URL" help:"Add a link (https) to work that is stored elsewhere."`
	Label   string   `help:"The link's label."`
	choices `embed:""`
}

// Run adds to the draft.
func (c *attachCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	if len(c.Paths) == 0 && c.Link == "" {
		return &commandline.UsageError{Err: errors.New("name files, folders, or a --link")}
	}
	return g.with(streams, func(d *desk.Desk) error {
		if len(c.Paths) > 0 {
			if err := attach(ctx, d, c.ID, c.attaching(c.Paths), streams.Err); err != nil {
				return err
			}
		}
		if c.Link != "" {
			if _, _, _, err := d.Orders.Order(ctx, c.ID); err != nil {
				return err
			}
			if _, err := d.AttachLink(c.ID, c.Link, c.Label); err != nil {
				return err
			}
		}
		dr, err := d.Draft(c.ID)
		if err != nil {
			return err
		}
		return showDraft(d, streams, dr)
	})
}

// attach adds all paths to the draft, or none. It prints each refused path with
// its reason to w and returns one error for all of them.
func attach(ctx context.Context, d *desk.Desk, id string, what desk.Attaching, w io.Writer) error {
	a, err := d.AttachWith(ctx, id, what)
	if err != nil {
		return err
	}
	for _, n := range a.Noted {
		fmt.Fprintf(w, "note: %s is attached, because you named it, although it looks like %s\n", tame(n.Path), desk.LeftOut{LeftOut: n}.Words())
	}
	if len(a.Refused) == 0 {
		return nil
	}
	for _, r := range a.Refused {
		fmt.Fprintf(w, "%s: %s\n", r.Path, r.Err.Message)
	}
	first := a.Refused[0].Err
	message := fmt.Sprintf("%s was not attached: %s", shortName(a.Refused[0].Path), first.Message)
	if more := len(a.Refused) - 1; more > 0 {
		message += fmt.Sprintf("; and %d more", more)
	}
	if a.Held > 0 {
		message += "; so nothing was attached"
	}
	if first.Code == problem.CodeSecret {
		message += "; repeat the command with --secrets=leave to leave such files out, or with --secrets=take to attach them"
	}
	return &problem.Error{Code: first.Code, Message: message, Cause: first}
}

func shortName(path string) string {
	if path == "" {
		return `""`
	}
	return filepath.Base(path)
}

type detachCommand struct {
	ID   string `arg:"" help:"The order."`
	Path string `arg:"" help:"The file or folder as the draft names it, or the address of a link."`
}

// Run removes a file, a folder or a link from the draft.
func (c *detachCommand) Run(_ context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		remove := d.Detach
		if strings.Contains(c.Path, "://") {
			remove = d.DetachLink
		}
		dr, err := remove(c.ID, c.Path)
		if err != nil {
			return err
		}
		return printDraft(streams, dr)
	})
}
