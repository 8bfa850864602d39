package shell

import (
	"fmt"
	"slices"
	"strings"

	"handover/app/internal/deeplink"
)

// hidden is the argument that starts the program without showing its window.
const hidden = "--hidden"

// Usage is the text that --help prints.
const Usage = `Handover's window: deliver finished orders to your buyers.

usage: handover-desktop [--hidden] [handover://order/ID]

  --hidden   start without showing the window, as at sign-in to the computer
  --help     show this

HANDOVER_HOME chooses another data folder.
`

// CheckArguments returns an error for an argument that the program does not know.
func CheckArguments(args []string) error {
	for _, arg := range args {
		// The window reports a bad link later: the seller who opened it sees no
		// terminal. macOS adds -psn_.
		if arg != hidden && deeplink.In([]string{arg}) == "" && !strings.HasPrefix(arg, "-psn_") {
			return fmt.Errorf("unknown argument %q", arg)
		}
	}
	return nil
}

// Arguments takes the arguments of the program's start and returns whether the
// window starts hidden.
func (s *Shell) Arguments(args []string) (startHidden bool) {
	s.requests.parse(args)
	startHidden = slices.Contains(args, hidden)
	s.away.Store(startHidden)
	return startHidden
}
