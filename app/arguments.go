package app

import (
	"fmt"
	"slices"
	"strings"

	"handover/app/internal/deeplink"
)

// hidden is the argument that starts the program without showing its window.
const hidden = "--hidden"

// Usage is what --help prints.
const Usage = `Handover's window: deliver finished orders to your buyers.

usage: handover-desktop [--hidden] [handover://order/ID]

  --hidden   start without showing the window, as at sign-in to the computer
  --help     show this

HANDOVER_HOME chooses another data folder.
`

// CheckArguments refuses what the program does not know.
func CheckArguments(args []string) error {
	for _, arg := range args {
		// What comes with the name of the scheme is looked at later: whoever
		// opened the link sees the window, not the terminal.
		if arg != hidden && deeplink.In([]string{arg}) == "" && !strings.HasPrefix(arg, "-psn_") { // from macOS
			return fmt.Errorf("unknown argument %q", arg)
		}
	}
	return nil
}

func startsHidden(args []string) bool { return slices.Contains(args, hidden) }
