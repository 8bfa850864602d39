package order

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Edit changes the terms of an order. A nil value does not change.
type Edit struct {
	Title *string
	DueAt *time.Time
	Notes *string
}

// How [Event.Changed] names title and notes.
const (
	fieldTitle = "title"
	fieldNotes = "notes"
)

func (o *Order) change(c Command, _ time.Time, _ Policy) (Event, error) {
	edited := *o
	if c.Edit.Title != nil {
		edited.Title = strings.TrimSpace(*c.Edit.Title)
	}
	if c.Edit.DueAt != nil {
		edited.DueAt = c.Edit.DueAt.UTC()
	}
	if c.Edit.Notes != nil {
		edited.Notes = strings.TrimSpace(*c.Edit.Notes)
	}
	if err := edited.checkTerms(); err != nil {
		return Event{}, err
	}
	e := Event{Type: OrderChanged}
	if edited.Title != o.Title {
		e.Changed, e.Title = append(e.Changed, fieldTitle), edited.Title
	}
	if !edited.DueAt.Equal(o.DueAt) {
		e.Changed, e.DueAt = append(e.Changed, "due_at"), edited.DueAt
	}
	if edited.Notes != o.Notes {
		e.Changed = append(e.Changed, fieldNotes)
	}
	if len(e.Changed) == 0 {
		return Event{}, nil
	}
	*o = edited
	return e, nil
}

// checkTerms returns the first error in the terms that a seller writes.
func (o *Order) checkTerms() error {
	if err := checkLine(fieldTitle, o.Title); err != nil {
		return err
	}
	if year := o.DueAt.Year(); year < 2000 || year > 2200 {
		return invalid("due_at", "the due date is missing or is no date between 2000 and 2200")
	}
	if o.Notes != "" {
		return checkText(fieldNotes, o.Notes, MaxNotes)
	}
	return nil
}

// checkLine accepts one line of text.
func checkLine(field, text string) error {
	if err := checkText(field, text, MaxTitle); err != nil {
		return err
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return invalid(field, "the %s is one line of text", field)
	}
	return nil
}

// checkText accepts text that is not blank, of up to most code points.
func checkText(field, text string, most int) error {
	switch {
	case !utf8.ValidString(text):
		return invalid(field, "the %s is not valid UTF-8", field)
	case strings.TrimSpace(text) == "":
		return invalid(field, "the %s is empty", field)
	case utf8.RuneCountInString(text) > most:
		return invalid(field, "the %s has %d characters; at most %d are allowed", field, utf8.RuneCountInString(text), most)
	}
	return nil
}
