package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/go-units"

	"handover/backend"
)

// showEvery is the time between two updates of the line on a terminal.
const showEvery = 200 * time.Millisecond

// progressLine shows the progress of a migration.
type progressLine struct {
	out    io.Writer
	live   bool // a terminal, whose line can be updated
	silent bool
	now    func() time.Time

	step         string
	began, shown time.Time
	width        int
}

func (l *progressLine) tell(p backend.MigrationProgress) {
	if l.silent {
		return
	}
	now := l.now()
	if p.Step != l.step {
		l.end()
		l.step, l.began, l.shown = p.Step, now, time.Time{}
		if !l.live {
			fmt.Fprintln(l.out, p.Step)
		}
	}
	if !l.live || now.Sub(l.shown) < showEvery {
		return
	}
	l.shown = now
	text := describeProgress(p, now.Sub(l.began))
	fmt.Fprintf(l.out, "\r%s%s", text, strings.Repeat(" ", max(0, l.width-len(text))))
	l.width = len(text)
}

// end clears the line of the terminal.
func (l *progressLine) end() {
	if l.live && l.width > 0 {
		fmt.Fprint(l.out, "\r"+strings.Repeat(" ", l.width)+"\r")
	}
	l.width = 0
}

// describeProgress returns one line, with the time left once it can be estimated.
func describeProgress(p backend.MigrationProgress, spent time.Duration) string {
	text := fmt.Sprintf("%s: %d", p.Step, p.Done)
	if p.Total > 0 {
		text += fmt.Sprintf(" of %d", p.Total)
	}
	if p.DoneBytes > 0 {
		text += ", " + units.HumanSize(float64(p.DoneBytes))
	}
	if p.TotalBytes > 0 {
		text += " of " + units.HumanSize(float64(p.TotalBytes))
	}
	if part := share(p); part > 0 && spent >= 3*time.Second {
		left := time.Duration(float64(spent) * (1 - part) / part)
		text += ", " + left.Round(time.Second).String() + " left"
	}
	return text
}

// share returns the completed part, from 0 to 1: of the bytes if they are known,
// else of the items.
func share(p backend.MigrationProgress) float64 {
	switch {
	case p.TotalBytes > 0:
		return float64(p.DoneBytes) / float64(p.TotalBytes)
	case p.Total > 0:
		return float64(p.Done) / float64(p.Total)
	}
	return 0
}
