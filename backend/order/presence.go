package order

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// DraftPresence says that one of the seller's computers prepares a delivery, so the
// others do not deliver an incomplete one.
type DraftPresence struct {
	Device    string    `json:"device" doc:"ID of the computer"`
	Name      string    `json:"name" doc:"of the computer, as the seller knows it"`
	Files     int       `json:"files" doc:"how many files the draft has"`
	UpdatedAt time.Time `json:"updated_at"`
}

// maxDraftPresence is the most computers that are stored for one order.
const maxDraftPresence = 20

// Check returns Invalid for invalid values.
func (p DraftPresence) Check() error {
	switch {
	case p.Device == "" || len(p.Device) > 64 || strings.ContainsFunc(p.Device, func(r rune) bool { return r <= ' ' || r > '~' }):
		return invalid("device", "the ID of a computer is 1 to 64 visible ASCII characters")
	case p.Files < 0 || p.Files > MaxFiles:
		return invalid("files", "a draft has 0 to %d files", MaxFiles)
	case strings.ContainsFunc(p.Name, unicode.IsControl):
		return invalid("name", "the name of a computer has control characters")
	}
	return checkText("name", p.Name, MaxTitle)
}

// WithDraftPresence replaces the entry of a computer with p. It returns the entries,
// newest first, without the oldest beyond the limit.
func WithDraftPresence(entries []DraftPresence, p DraftPresence) []DraftPresence {
	entries = append([]DraftPresence{p}, WithoutDraftPresence(entries, p.Device)...)
	slices.SortStableFunc(entries, func(a, b DraftPresence) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return entries[:min(len(entries), maxDraftPresence)]
}

// WithoutDraftPresence returns the entries of the other computers.
func WithoutDraftPresence(entries []DraftPresence, device string) []DraftPresence {
	kept := []DraftPresence{}
	for _, p := range entries {
		if p.Device != device {
			kept = append(kept, p)
		}
	}
	return kept
}
