package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"

	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

// tame makes text from others safe to print: it cannot move the cursor or change
// colours. Its lines are joined to one.
func tame(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		default:
			return r
		}
	}, text)
}

type messageCommand struct {
	ID   string `arg:"" help:"The order."`
	Text string `arg:"" help:"What to write."`
	JSON bool   `help:"Answer in JSON."`
}

// Run sends a message to the client.
func (c *messageCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		o, err := d.Orders.WriteMessage(ctx, c.ID, c.Text)
		return said(streams, c.JSON, o, err, "the message was sent")
	})
}

// said prints the result of an action: the order in JSON, or the words.
func said(streams commandline.Streams, asJSON bool, o api.Order, err error, words string) error {
	if err != nil {
		return err
	}
	if asJSON {
		return commandline.PrintJSON(streams.Out, o)
	}
	_, err = fmt.Fprintf(streams.Out, "order %s: %s\n", o.ID, words)
	return err
}

type cancelCommand struct {
	ID       string `arg:"" help:"The order."`
	Agree    bool   `xor:"answer" help:"Agree to cancel, as the client proposed."`
	Decline  bool   `xor:"answer" help:"Decline what the client proposed."`
	Withdraw bool   `xor:"answer" help:"Withdraw your own proposal."`
	Message  string `help:"A message for the client, with a proposal."`
	JSON     bool   `help:"Answer in JSON."`
}

// Run proposes a cancellation or answers a proposal.
func (c *cancelCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	answer, words := order.Action(""), "the client is asked to cancel"
	switch {
	case c.Agree:
		answer, words = order.AgreeCancellation, "it is cancelled"
	case c.Decline:
		answer, words = order.DeclineCancellation, "the proposal was declined"
	case c.Withdraw:
		answer, words = order.WithdrawCancellation, "the proposal was withdrawn"
	}
	if answer != "" && c.Message != "" {
		return &commandline.UsageError{Err: errors.New("--message goes with a proposal, not with an answer")}
	}
	return g.with(streams, func(d *desk.Desk) error {
		var o api.Order
		var err error
		if answer == "" {
			o, err = d.Orders.ProposeCancellation(ctx, c.ID, c.Message)
		} else {
			o, err = d.Orders.AnswerCancellation(ctx, c.ID, answer)
		}
		return said(streams, c.JSON, o, err, words)
	})
}

type historyCommand struct {
	ID   string `arg:"" help:"The order."`
	JSON bool   `help:"Answer in JSON."`
}

// Run shows the order's events.
func (c *historyCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		events, err := d.Orders.History(ctx, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, events)
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		for _, e := range events {
			fmt.Fprintf(table, "%s\t%s\t%s\n", local(e.At), e.By, happened(e))
		}
		return table.Flush()
	})
}

// happened formats an event as text.
func happened(e order.Event) string {
	words := strings.ReplaceAll(string(e.Type), "_", " ")
	if e.Viewer != "" {
		words += ", " + tame(e.Viewer)
	}
	if e.Delivery > 0 {
		words += fmt.Sprintf(", delivery %d", e.Delivery)
	}
	if e.Days > 0 {
		words += fmt.Sprintf(", by %d days", e.Days)
	}
	if len(e.Changed) > 0 {
		words += ": " + strings.Join(e.Changed, ", ")
	}
	if e.Title != "" {
		words += ", now “" + tame(e.Title) + "”"
	}
	if !e.DueAt.IsZero() {
		words += ", due " + local(e.DueAt)
	}
	if !e.ReviewEndsAt.IsZero() {
		words += ", review until " + local(e.ReviewEndsAt)
	}
	if e.Message != "" {
		words += ": “" + tame(e.Message) + "”"
	}
	return words
}
