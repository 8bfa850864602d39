package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"handover/backend/api"
	"handover/backend/commandline"
)

// pointNumbers parses the value of --done: numbers between commas, or none.
func pointNumbers(text string) ([]int, error) {
	if text == "none" {
		return nil, nil
	}
	var numbers []int
	for one := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil || n < 1 {
			return nil, &commandline.UsageError{Err: errors.New("--done needs the numbers of points, such as 2,3, or none")}
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// printPoints lists the buyer's points with their state.
func printPoints(w io.Writer, o api.Order) {
	if len(o.Points) == 0 {
		return
	}
	fmt.Fprintln(w, "\npoints")
	for _, p := range o.Points {
		state := "open"
		switch {
		case p.DoneIn > 0:
			state = fmt.Sprintf("done in delivery %d", p.DoneIn)
		case o.CompletedAt != nil && p.SentAt != nil && p.SentAt.Equal(*o.CompletedAt):
			state = "not sent before the order was completed"
		}
		fmt.Fprintf(w, "  %d. %s (%s)\n     %s\n", p.Number, pinnedTo(o, p), state, tame(p.Text))
	}
}

// pinnedTo describes the place of a point.
func pinnedTo(o api.Order, p api.Comment) string {
	where := fmt.Sprintf("delivery %d", p.Delivery)
	for _, d := range o.Deliveries {
		for _, f := range d.Files {
			if d.Number == p.Delivery && f.ID == p.File {
				where += ", " + tame(f.Path)
			}
		}
	}
	switch {
	case p.Seconds != nil:
		whole := int(*p.Seconds)
		where += fmt.Sprintf(", at %d:%02d", whole/60, whole%60)
	case p.Page > 0:
		where += fmt.Sprintf(", page %d", p.Page)
	case p.Line > 0:
		where += fmt.Sprintf(", line %d", p.Line)
	}
	if p.Point != nil {
		where += fmt.Sprintf(", %.0f %% from the left, %.0f %% from the top", p.Point.X*100, p.Point.Y*100)
	}
	return where
}

// printTicks prints the points that the draft marks as done.
func printTicks(w io.Writer, points []api.Comment, done []string) {
	var numbers []string
	for _, p := range points {
		if slices.Contains(done, p.ID) {
			numbers = append(numbers, strconv.Itoa(p.Number))
		}
	}
	if len(numbers) > 0 {
		fmt.Fprintf(w, "points done: %s\n", strings.Join(numbers, ", "))
	}
}
