package main

import (
	"fmt"

	"handover/app/internal/desk"
	"handover/backend/commandline"
)

// tellRecovered reports once how damaged drafts were replaced. With --json it
// reports nothing; the next command without it does.
func (g *grammar) tellRecovered(d *desk.Desk, streams commandline.Streams) {
	r, happened, err := d.Recovered()
	if err != nil || !happened || g.JSON() {
		return
	}
	kept := "."
	if r.SetAside != "" {
		kept = "; the damaged file is kept as " + r.SetAside + "."
	}
	if r.From == "" {
		fmt.Fprintf(streams.Err, "note: the drafts of this computer were damaged and there was no copy, so they were reset: sign in again%s\n", kept)
	} else {
		at := r.AsOf.Local().Format("2 January 2006 at 15:04 MST")
		fmt.Fprintf(streams.Err, "note: the drafts of this computer were restored from a copy of %s%s\n", at, kept)
	}
	if err := d.ForgetRecovered(); err != nil {
		fmt.Fprintf(streams.Err, "warning: this note will be repeated: %v\n", err)
	}
}
