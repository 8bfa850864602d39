package order_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handover/backend/order"
)

func TestDraftNoteCheck(t *testing.T) {
	good := order.DraftNote{Device: "d1", Name: "EVA-LAPTOP", Files: 12}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*order.DraftNote){
		"no device":           func(n *order.DraftNote) { n.Device = "" },
		"a long device":       func(n *order.DraftNote) { n.Device = strings.Repeat("x", 65) },
		"a device of two":     func(n *order.DraftNote) { n.Device = "a b" },
		"no name":             func(n *order.DraftNote) { n.Name = " " },
		"a name of two lines": func(n *order.DraftNote) { n.Name = "a\nb" },
		"a long name":         func(n *order.DraftNote) { n.Name = strings.Repeat("ä", order.MaxTitle+1) },
		"fewer than no files": func(n *order.DraftNote) { n.Files = -1 },
		"too many files":      func(n *order.DraftNote) { n.Files = order.MaxFiles + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			change(&n)
			if n.Check() == nil {
				t.Errorf("accepted: %+v", n)
			}
		})
	}
}

// A computer has one note, the newest come first, and there are never many.
func TestDraftNotes(t *testing.T) {
	var notes []order.DraftNote
	for i := range 30 {
		notes = order.WithDraftNote(notes, order.DraftNote{Device: fmt.Sprint(i % 25), Files: i, UpdatedAt: time.Unix(int64(i), 0)})
	}
	if len(notes) != 20 || notes[0].Files != 29 || notes[19].Files != 10 {
		t.Errorf("%d notes, from %+v to %+v", len(notes), notes[0], notes[len(notes)-1])
	}
	if notes = order.WithoutDraftNote(notes, "4"); len(notes) != 19 || notes[0].Files != 28 {
		t.Errorf("%d notes, the first %+v", len(notes), notes[0])
	}
}
