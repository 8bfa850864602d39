package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type deliverCommand struct {
	ID      string   `arg:"" help:"The order."`
	Paths   []string `arg:"" optional:"" name:"path" help:"Files and folders to add to the draft first: all of them or none."`
	Message *string  `help:"Describe the delivery: 1 to 2,500 characters."`
	choices `embed:""`
	NoFiles bool `help:"Confirm a delivery without files or links."`
	Later   bool `name:"when-online" help:"Queue the delivery: \"handover sync\" or the window submits it when all files are uploaded and the server answers. If the draft changes before that, nothing is delivered; \"handover draft\" says so."`
	JSON    bool `help:"Answer in JSON: the order. No warnings."`
	Quiet   bool `short:"q" help:"No progress and no warnings."`

	leftOut []leftOutView // files left out of the draft
}

// deliveredView is the order, and the files left out of the delivery, in JSON.
type deliveredView struct {
	api.Order
	LeftOut []leftOutView `json:"left_out,omitempty"`
}

// Run uploads missing files and delivers.
func (c *deliverCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return advised(g.with(streams, func(d *desk.Desk) error {
		if c.Later {
			return c.queue(ctx, d, streams)
		}
		o, delivered, err := c.earlier(ctx, d)
		if err == nil && !delivered {
			o, err = c.deliver(ctx, d, streams)
			c.nameResent(d, streams)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, deliveredView{o, c.leftOut})
		}
		latest := o.Deliveries[len(o.Deliveries)-1]
		fmt.Fprintf(streams.Out, "delivered: %s\n%s\n", o.Title, next(o))
		printDelivery(streams.Out, latest)
		return nil
	}, func(o *desk.Options) { o.Waiting = c.waiting(streams) }))
}

// advised adds the flag that allows a refused delivery.
func advised(err error) error {
	var refused *order.Error
	switch {
	case errors.Is(err, &order.Error{Code: order.NoFiles}):
		return fmt.Errorf("%w (--no-files)", err)
	case errors.As(err, &refused) && refused.Code == order.Invalid && refused.Field == "description":
		return fmt.Errorf("%w (--message)", err)
	}
	return err
}

// earlier finds the delivery that the same command made in an earlier run, if the
// answer was lost or the command was interrupted.
func (c *deliverCommand) earlier(ctx context.Context, d *desk.Desk) (o api.Order, delivered bool, err error) {
	err = d.Session.Patiently(ctx, func() error {
		o, delivered, err = d.Delivery.Settle(ctx, c.ID)
		if err == nil && !delivered {
			o, delivered, err = d.Repeats(ctx, c.ID, c.attaching(c.Paths), c.Message)
		}
		return err
	})
	return o, delivered, err
}

// waiting prints the reason for a wait.
func (c *deliverCommand) waiting(streams commandline.Streams) func(reason string) {
	if c.Quiet || c.JSON {
		return nil
	}
	return func(reason string) {
		fmt.Fprintf(streams.Err, "waiting: %s; trying again; Ctrl-C keeps the draft\n", reason)
	}
}

// queue leaves the delivery to a program that keeps running.
func (c *deliverCommand) queue(ctx context.Context, d *desk.Desk, streams commandline.Streams) error {
	if err := c.prepare(ctx, d, streams); err != nil {
		return err
	}
	dr, err := d.Delivery.Queue(ctx, c.ID, c.NoFiles)
	if err != nil {
		return err
	}
	if c.JSON {
		return commandline.PrintJSON(streams.Out, viewDraft(dr))
	}
	_, err = fmt.Fprintln(streams.Out, "queued: not delivered yet; it is delivered when all files are uploaded and the server answers, while \"handover sync\" or the window runs")
	return err
}

func (c *deliverCommand) deliver(ctx context.Context, d *desk.Desk, streams commandline.Streams) (api.Order, error) {
	if err := c.prepare(ctx, d, streams); err != nil {
		return api.Order{}, err
	}
	if c.Quiet || !isTerminal(streams.Err) {
		return d.Delivery.Deliver(ctx, c.ID, c.NoFiles)
	}
	done := showProgress(d, c.ID, streams)
	defer done()
	return d.Delivery.Deliver(ctx, c.ID, c.NoFiles)
}

// nameResent names the files that changed after their upload.
func (c *deliverCommand) nameResent(d *desk.Desk, streams commandline.Streams) {
	for _, path := range d.Uploads.Resent(c.ID) {
		if !c.Quiet && !c.JSON {
			fmt.Fprintf(streams.Err, "note: %s had changed since it was uploaded; it was sent again\n", tame(path))
		}
	}
}

// prepare completes the draft and prints signs of unfinished work.
func (c *deliverCommand) prepare(ctx context.Context, d *desk.Desk, streams commandline.Streams) error {
	if len(c.Paths) > 0 {
		if err := attach(ctx, d, c.ID, c.attaching(c.Paths), c.refusals(streams)); err != nil {
			return err
		}
	}
	if c.Message != nil {
		if _, _, _, err := d.Orders.Order(ctx, c.ID); err != nil {
			return err
		}
		if _, err := d.Describe(c.ID, *c.Message); err != nil {
			return err
		}
	}
	if err := c.warnOfOthers(d, streams); err != nil {
		return err
	}
	if err := c.sayLeftOut(d, streams); err != nil {
		return err
	}
	return c.preflight(ctx, d, streams)
}

// warnOfOthers names other devices that prepare the delivery.
func (c *deliverCommand) warnOfOthers(d *desk.Desk, streams commandline.Streams) error {
	notes, err := d.Presence.Elsewhere(c.ID)
	if err != nil || c.Quiet || c.JSON {
		return err
	}
	for _, n := range notes {
		fmt.Fprintf(streams.Err, "warning: a delivery is also being prepared on %s, with %s; nothing of it is part of this delivery\n", tame(n.Name), files(n.Files))
	}
	return nil
}

// sayLeftOut prints the files in the draft's folders that are not delivered.
func (c *deliverCommand) sayLeftOut(d *desk.Desk, streams commandline.Streams) error {
	if c.JSON {
		var err error
		c.leftOut, err = viewLeftOut(d, c.ID)
		return err
	}
	list, err := d.LeftOut(c.ID)
	if err == nil && !c.Quiet {
		printLeftOut(streams.Err, c.ID, list)
	}
	return err
}

// refusals returns the writer for refused files. With --json, standard error holds
// only the error.
func (c *deliverCommand) refusals(streams commandline.Streams) io.Writer {
	if c.JSON {
		return io.Discard
	}
	return streams.Err
}

// preflight prints signs of unfinished work. At a terminal the seller decides; a
// script has decided by running the command.
func (c *deliverCommand) preflight(ctx context.Context, d *desk.Desk, streams commandline.Streams) error {
	findings, err := d.Preflight(ctx, c.ID)
	if err != nil || len(findings) == 0 || c.Quiet || c.JSON {
		return err
	}
	for _, f := range findings {
		fmt.Fprintf(streams.Err, "warning: %s\n", f)
	}
	if !isTerminal(streams.In) || !isTerminal(streams.Err) {
		return nil
	}
	fmt.Fprint(streams.Err, "Deliver anyway? [y/N] ")
	answer, err := bufio.NewReader(streams.In).ReadString('\n')
	if a := strings.ToLower(strings.TrimSpace(answer)); err != nil || a != "y" && a != "yes" {
		return &problem.Error{Code: problem.CodeCancelled, Message: "not delivered; the draft is kept"}
	}
	return nil
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// showProgress draws a bar until the returned function is called.
func showProgress(d *desk.Desk, id string, streams commandline.Streams) (done func()) {
	bars := mpb.New(mpb.WithOutput(streams.Err), mpb.WithWidth(40))
	rate, paused, other := 0.0, false, ""
	bar := bars.AddBar(0,
		mpb.PrependDecorators(decor.CountersKiloByte("% .1f of % .1f ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Any(func(s decor.Statistics) string {
			if paused {
				return "  paused"
			}
			if other != "" {
				return "  waiting: " + other
			}
			return pace(rate, s.Total-s.Current)
		})))
	stop := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			if dr, err := d.Draft(id); err == nil && len(dr.Files) > 0 {
				p := d.Uploads.Progress(dr)
				rate, paused, other = p.Rate, p.Paused, d.Session.Intercepted()
				bar.SetTotal(p.Total, false)
				bar.SetCurrent(p.Sent)
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	return func() {
		close(stop)
		drawing.Wait()
		bar.Abort(false)
		bars.Wait()
	}
}

func pace(rate float64, bytes int64) string {
	left, known := transfer.Left(bytes, rate)
	if !known || bytes == 0 {
		return ""
	}
	return fmt.Sprintf("  % .1f/s, %s left", decor.SizeB1000(int64(rate)), span(left))
}
