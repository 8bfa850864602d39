package order_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handover/backend/order"
)

func TestDraftNoteCheck(t *testing.T) {
	good := order.DraftPresence{Device: "d1", Name: "EVA-LAPTOP", Files: 12}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*order.DraftPresence){
		"no device":           func(n *order.DraftPresence) { n.Device = "" },
		"a long device":       func(n *order.DraftPresence) { n.Device = strings.Repeat("x", 65) },
		"a device of two":     func(n *order.DraftPresence) { n.Device = "a b" },
		"no name":             func(n *order.DraftPresence) { n.Name = " " },
		"a name of two lines": func(n *order.DraftPresence) { n.Name = "a\nb" },
		"a long name":         func(n *order.DraftPresence) { n.Name = strings.Repeat("ä", order.MaxTitle+1) },
		"fewer than no files": func(n *order.DraftPresence) { n.Files = -1 },
		"too many files":      func(n *order.DraftPresence) { n.Files = order.MaxFiles + 1 },
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
	var notes []order.DraftPresence
	for i := range 30 {
		notes = order.WithDraftPresence(notes, order.DraftPresence{Device: fmt.Sprint(i % 25), Files: i, UpdatedAt: time.Unix(int64(i), 0)})
	}
	if len(notes) != 20 || notes[0].Files != 29 || notes[19].Files != 10 {
		t.Errorf("%d notes, from %+v to %+v", len(notes), notes[0], notes[len(notes)-1])
	}
	if notes = order.WithoutDraftPresence(notes, "4"); len(notes) != 19 || notes[0].Files != 28 {
		t.Errorf("%d notes, the first %+v", len(notes), notes[0])
	}
}
