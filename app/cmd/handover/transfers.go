package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/docker/go-units"

	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/app/internal/uploads"
	"handover/backend/commandline"
	"handover/backend/order"
)

type limitsCommand struct {
	Up           *string  `placeholder:"RATE" help:"Limit for all uploads together, such as 2MB or 500KB/s; none for no limit."`
	Parallel     *int     `placeholder:"N" help:"How many files are uploaded at once; 0 for the default."`
	Schedule     []string `placeholder:"HOURS=RATE" help:"Other limits at certain times of day, such as 09:00-18:00=1MB; none to remove them all."`
	Yield        *bool    `negatable:"" help:"Give way to other traffic."`
	Metered      *bool    `negatable:"" help:"Treat this network as metered: pause."`
	PauseMetered *bool    `negatable:"" help:"Pause while the system reports a metered network."`
	JSON         bool     `help:"Answer in JSON."`
}

// Run changes the given limits and shows all of them. A program that is uploading
// applies changes within a second.
func (c *limitsCommand) Run(g *grammar, streams commandline.Streams) error {
	controls := uploads.NewControls(g.home())
	change, err := c.changes()
	if err != nil {
		return misused(err)
	}
	var s transfer.Settings
	if len(change) == 0 {
		s, err = controls.Settings()
	} else {
		s, err = controls.Change(func(s *transfer.Settings) error {
			for _, f := range change {
				f(s)
			}
			if err := s.Check(); err != nil {
				return misused(err)
			}
			return nil
		})
	}
	if err != nil {
		return explained(err)
	}
	if c.JSON {
		return commandline.PrintJSON(streams.Out, viewLimits(s))
	}
	printLimits(streams.Out, s)
	return nil
}

// changes returns the changes that the flags ask for.
func (c *limitsCommand) changes() (list []func(*transfer.Settings), err error) {
	if c.Up != nil {
		up, err := parseRate(*c.Up)
		if err != nil {
			return nil, fmt.Errorf("--up: %w", err)
		}
		list = append(list, func(s *transfer.Settings) { s.Up = up })
	}
	if c.Parallel != nil {
		list = append(list, func(s *transfer.Settings) { s.Parallel = *c.Parallel })
	}
	if len(c.Schedule) > 0 {
		spans, err := parseSchedule(c.Schedule)
		if err != nil {
			return nil, fmt.Errorf("--schedule: %w", err)
		}
		list = append(list, func(s *transfer.Settings) { s.Schedule = spans })
	}
	for _, flag := range []struct {
		given *bool
		field func(*transfer.Settings) *bool
	}{
		{c.Yield, func(s *transfer.Settings) *bool { return &s.Yield }},
		{c.Metered, func(s *transfer.Settings) *bool { return &s.Metered }},
		{c.PauseMetered, func(s *transfer.Settings) *bool { return &s.PauseMetered }},
	} {
		if flag.given != nil {
			list = append(list, func(s *transfer.Settings) { *flag.field(s) = *flag.given })
		}
	}
	return list, nil
}

// parseRate parses a rate such as 2MB, 500KB/s or none.
func parseRate(text string) (int64, error) {
	s := strings.TrimSpace(text)
	if s == "none" || s == "0" {
		return 0, nil
	}
	size := strings.TrimSuffix(s, "/s")
	n, err := units.FromHumanSize(size)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a rate such as 2MB, 500KB/s or none", text)
	case n < transfer.LeastUp || n == math.MaxInt64:
		return 0, fmt.Errorf("%q: the minimum is %s/s; none means no limit", text, units.HumanSize(transfer.LeastUp))
	}
	return n, nil
}

// parseSchedule parses spans such as 09:00-18:00=1MB.
func parseSchedule(list []string) ([]transfer.Span, error) {
	if len(list) == 1 && list[0] == "none" {
		return nil, nil
	}
	var spans []transfer.Span
	for _, text := range list {
		hours, rate, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not hours and a rate such as 09:00-18:00=1MB", text)
		}
		var span transfer.Span
		var err error
		if span.From, span.To, err = transfer.ParseHours(hours); err != nil {
			return nil, err
		}
		if span.Up, err = parseRate(rate); err != nil {
			return nil, err
		}
		spans = append(spans, span)
	}
	return spans, nil
}

// limitsView is the JSON answer of limits, pause and resume.
type limitsView struct {
	Up           int64           `json:"up"` // bytes a second; 0 for no limit
	Parallel     int             `json:"parallel"`
	Schedule     []transfer.Span `json:"schedule"`
	Yield        bool            `json:"yield"`
	Metered      bool            `json:"metered"`
	PauseMetered bool            `json:"pause_metered"`
	Paused       bool            `json:"paused"` // all
	PausedOrders []string        `json:"paused_orders"`
}

func viewLimits(s transfer.Settings) limitsView {
	return limitsView{
		Up: s.Up, Parallel: atOnce(s), Schedule: append([]transfer.Span{}, s.Schedule...),
		Yield: s.Yield, Metered: s.Metered, PauseMetered: s.PauseMetered,
		Paused: s.Paused, PausedOrders: append([]string{}, s.PausedGroups...),
	}
}

func atOnce(s transfer.Settings) int {
	if s.Parallel > 0 {
		return s.Parallel
	}
	return parallel
}

func printLimits(w io.Writer, s transfer.Settings) {
	fmt.Fprintf(w, "up to %s, %d files at once\n", rateText(s.Up), atOnce(s))
	for _, span := range s.Schedule {
		fmt.Fprintf(w, "from %s to %s up to %s\n", span.From, span.To, rateText(span.Up))
	}
	for _, line := range []struct {
		on   bool
		text string
	}{
		{s.Yield, "giving way to other traffic"},
		{s.PauseMetered, "pausing while the network is metered"},
		{s.Metered, "paused: this network is metered"},
		{s.Paused, "paused: all orders"},
		{!s.Paused && len(s.PausedGroups) > 0, "paused: order " + strings.Join(s.PausedGroups, ", order ")},
	} {
		if line.on {
			fmt.Fprintln(w, line.text)
		}
	}
}

func rateText(up int64) string {
	if up == 0 {
		return "full speed"
	}
	return units.HumanSize(float64(up)) + "/s"
}

type pauseCommand struct {
	ID   string `arg:"" optional:"" help:"The order; all orders when not given."`
	JSON bool   `help:"Answer in JSON."`
}

// Run pauses uploads, also those of a running program.
func (c *pauseCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.control(ctx, streams, c.ID, c.JSON, uploads.Controls.Pause)
}

type resumeCommand struct {
	ID   string `arg:"" optional:"" help:"The order; all orders when not given."`
	JSON bool   `help:"Answer in JSON."`
}

// Run resumes paused uploads.
func (c *resumeCommand) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.control(ctx, streams, c.ID, c.JSON, uploads.Controls.Resume)
}

func (g *grammar) control(ctx context.Context, streams commandline.Streams, id string, asJSON bool, do func(uploads.Controls, string, string) (transfer.Settings, error)) error {
	if err := g.checkOrder(ctx, streams, id); err != nil {
		return explained(err)
	}
	s, err := do(uploads.NewControls(g.home()), id, "")
	if err != nil {
		return explained(err)
	}
	if asJSON {
		return commandline.PrintJSON(streams.Out, viewLimits(s))
	}
	printLimits(streams.Out, s)
	return nil
}

// checkOrder refuses orders that this computer does not know. It accepts every ID
// while another program has the drafts open.
func (g *grammar) checkOrder(ctx context.Context, streams commandline.Streams, id string) error {
	if id == "" {
		return nil
	}
	d, err := g.open(streams)
	if err != nil {
		if problem.Explain(err).Code == problem.CodeBusy {
			return nil
		}
		return err
	}
	known, err := d.Knows(ctx, id)
	if err == nil && !known {
		err = &order.Error{Code: order.NotFound, Message: fmt.Sprintf("there is no order %q here; see handover orders", id)}
	}
	return errors.Join(err, d.Close())
}

// misused returns the error of an invalid value, with its code for --json.
func misused(err error) error {
	return &commandline.UsageError{Err: &order.Error{Code: order.Invalid, Message: err.Error()}}
}

func explained(err error) error {
	var usage *commandline.UsageError
	if errors.As(err, &usage) {
		return usage
	}
	return problem.Explain(err)
}
