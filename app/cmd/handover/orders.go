package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

type ordersCommand struct {
	Status []order.Status `placeholder:"STATUS" enum:"active,delivered,in_revision,completed,cancelled" help:"Only orders with one of these statuses, separated by commas: ${enum}."`
	Late   bool           `help:"Only orders with unfinished work whose due date has passed."`
	Query  string         `placeholder:"TEXT" help:"Only orders with this text in the title, the buyer's name or the ID."`
	JSON   bool           `help:"Answer in JSON."`
}

// Run lists the orders.
func (c *ordersCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		list, err := d.Orders.Find(ctx, api.Filter{Status: c.Status, Late: c.Late, Text: strings.TrimSpace(c.Query)})
		if err != nil {
			return err
		}
		if list.Offline {
			fmt.Fprintf(streams.Err, "note: the server does not answer; this is as of %s\n", local(list.AsOf))
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, list.Orders)
		}
		if len(list.Orders) == 0 {
			none := "There is no order."
			if len(c.Status) > 0 || c.Late || c.Query != "" {
				none = "There is no such order."
			}
			_, err := fmt.Fprintln(streams.Out, none)
			return err
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tSTATUS\tTITLE\tBUYER\tNEXT")
		for _, o := range list.Orders {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", o.ID, status(o), tame(o.Title), tame(o.Buyer.Name), next(o))
		}
		return table.Flush()
	})
}

type orderCommand struct {
	ID   string `arg:"" help:"The order."`
	JSON bool   `help:"Answer in JSON."`
}

// Run shows the order.
func (c *orderCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		o, asOf, offline, err := d.Orders.Refresh(ctx, c.ID)
		if err != nil {
			return err
		}
		if offline {
			fmt.Fprintf(streams.Err, "note: the server does not answer; this is as of %s\n", local(asOf))
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, o)
		}
		return printOrder(streams.Out, o)
	})
}

func printOrder(w io.Writer, o api.Order) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "order\t%s\ntitle\t%s\nbuyer\t%s <%s>\nstatus\t%s\nnext\t%s\n", o.ID, tame(o.Title), tame(o.Buyer.Name), o.Buyer.Email, status(o), next(o))
	if o.Notes != "" {
		fmt.Fprintf(table, "notes\t%s\n", tame(o.Notes))
	}
	if o.Price.Amount != "" {
		fmt.Fprintf(table, "price\t%s %s (%s)\n", o.Price.Amount, o.Price.Currency, o.Payment.Status)
	}
	if o.ChangeRequest != nil {
		fmt.Fprintf(table, "asked for\t%s\n", tame(o.ChangeRequest.Message))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, delivery := range o.Deliveries {
		printDelivery(w, delivery)
	}
	printPoints(w, o)
	return nil
}

func printDelivery(w io.Writer, d api.Delivery) {
	fmt.Fprintf(w, "\ndelivery %d, %s\n%s\n", d.Number, local(d.DeliveredAt), d.Description)
	if d.OpenedAt != nil {
		fmt.Fprintf(w, "opened by the buyer on %s\n", local(*d.OpenedAt))
	}
	if d.ArchiveDownloadedAt != nil {
		fmt.Fprintf(w, "all downloaded as one zip on %s\n", local(*d.ArchiveDownloadedAt))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range d.Files {
		downloaded := ""
		if !f.DownloadedAt.IsZero() {
			downloaded = "\tdownloaded " + local(f.DownloadedAt)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s%s\n", f.Path, units.HumanSize(float64(f.Size)), f.SHA256, downloaded)
	}
	for _, l := range d.Links {
		fmt.Fprintf(table, "  %s\t%s\n", l.URL, l.Label)
	}
	table.Flush() // an earlier write has reported a failing output
}

func status(o api.Order) string {
	s := strings.ReplaceAll(string(o.Status), "_", " ")
	if o.Late {
		s += ", late"
	}
	return s
}

// next describes the next event of the order and its time.
func next(o api.Order) string {
	now := o.ServerTime
	switch {
	case o.Cancellation != nil:
		return "a cancellation is proposed by the " + string(o.Cancellation.ProposedBy)
	case o.Status == order.Delivered && o.ReviewEndsAt != nil:
		return "completes automatically on " + local(*o.ReviewEndsAt) + ", in " + span(o.ReviewEndsAt.Sub(now))
	case o.Late:
		return "was due on " + local(o.DueAt)
	case o.Status == order.Active || o.Status == order.InRevision:
		return "due on " + local(o.DueAt) + ", in " + span(o.DueAt.Sub(now))
	case o.Payment.Status == order.Clearing && o.Payment.ClearsAt != nil:
		return "the payment clears on " + local(*o.Payment.ClearsAt)
	default:
		return "payment " + string(o.Payment.Status)
	}
}

func local(t time.Time) string { return t.Local().Format("Mon 2 Jan 2006, 15:04 MST") }

// span formats a duration in its two largest units.
func span(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	default:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	}
}
