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

// terms are the values of an order that the seller writes, and may change later.
type terms struct {
	title string
	dueAt time.Time
	notes string
}

func termsOf(o *Order) terms { return terms{o.Title, o.DueAt, o.Notes} }

// edited returns the terms after the edit.
func (t terms) edited(e Edit) terms {
	if e.Title != nil {
		t.title = strings.TrimSpace(*e.Title)
	}
	if e.DueAt != nil {
		t.dueAt = e.DueAt.UTC()
	}
	if e.Notes != nil {
		t.notes = strings.TrimSpace(*e.Notes)
	}
	return t
}

// changeTo returns the event of a change from t to next. The event has no type when
// both are equal.
func (t terms) changeTo(next terms) Event {
	e := Event{Type: OrderChanged}
	if next.title != t.title {
		e.Changed, e.Title = append(e.Changed, fieldTitle), next.title
	}
	if !next.dueAt.Equal(t.dueAt) {
		e.Changed, e.DueAt = append(e.Changed, "due_at"), next.dueAt
	}
	if next.notes != t.notes {
		e.Changed = append(e.Changed, fieldNotes)
	}
	if len(e.Changed) == 0 {
		return Event{}
	}
	return e
}

// check returns the first error in the terms.
func (t terms) check() error {
	if err := checkLine(fieldTitle, t.title); err != nil {
		return err
	}
	if year := t.dueAt.Year(); year < 2000 || year > 2200 {
		return invalid("due_at", "the due date is missing or is no date between 2000 and 2200")
	}
	if t.notes != "" {
		return checkText(fieldNotes, t.notes, MaxNotes)
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
