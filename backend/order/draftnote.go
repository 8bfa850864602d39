package order

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// DraftNote says that one of the seller's computers prepares a delivery, so the
// others do not deliver an incomplete one.
type DraftNote struct {
	Device    string    `json:"device" doc:"ID of the computer"`
	Name      string    `json:"name" doc:"of the computer, as the seller knows it"`
	Files     int       `json:"files" doc:"how many files the draft has"`
	UpdatedAt time.Time `json:"updated_at"`
}

// maxDraftNotes is the most computers that are stored for one order.
const maxDraftNotes = 20

// Check returns Invalid for an invalid note.
func (n DraftNote) Check() error {
	switch {
	case n.Device == "" || len(n.Device) > 64 || strings.ContainsFunc(n.Device, func(r rune) bool { return r <= ' ' || r > '~' }):
		return invalid("device", "the ID of a computer is 1 to 64 visible ASCII characters")
	case n.Files < 0 || n.Files > MaxFiles:
		return invalid("files", "a draft has 0 to %d files", MaxFiles)
	case strings.ContainsFunc(n.Name, unicode.IsControl):
		return invalid("name", "the name of a computer has control characters")
	}
	return checkText("name", n.Name, MaxTitle)
}

// WithDraftNote replaces the note of a computer with n. It returns the notes, newest
// first, without the oldest beyond the limit.
func WithDraftNote(notes []DraftNote, n DraftNote) []DraftNote {
	notes = append([]DraftNote{n}, WithoutDraftNote(notes, n.Device)...)
	slices.SortStableFunc(notes, func(a, b DraftNote) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return notes[:min(len(notes), maxDraftNotes)]
}

// WithoutDraftNote returns the notes of the other computers.
func WithoutDraftNote(notes []DraftNote, device string) []DraftNote {
	kept := []DraftNote{}
	for _, n := range notes {
		if n.Device != device {
			kept = append(kept, n)
		}
	}
	return kept
}
