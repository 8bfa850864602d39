// Command handover-desktop is the seller's window.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/adrg/xdg"

	"handover/app"
	"handover/backend"
	"handover/backend/order"
	"handover/frontend"
)

func main() {
	args := os.Args[1:]
	if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		fmt.Print(app.Usage)
		return
	}
	if err := app.CheckArguments(args); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n\n%s", err, app.Usage)
		os.Exit(2)
	}
	home := os.Getenv("HANDOVER_HOME")
	own := home == ""
	if own {
		home = filepath.Join(xdg.DataHome, "handover")
	}
	log := app.NewLog(home)
	options := app.Options{
		Home: home, Version: backend.Version, Log: log,
		StartTrial: func(dir string) (app.Trial, error) {
			pages, _ := frontend.Review()
			return backend.StartLocal(backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Pages: pages, Log: log})
		},
	}
	if own {
		var err error
		if options.Installation, err = app.ThisProgram(); err != nil {
			log.Warn("links are not opened with this program", "error", err)
		}
	}
	pages, _ := frontend.Desktop()
	if err := app.Open(app.New(options), pages, args); err != nil {
		log.Error("the window did not open", "error", err)
		os.Exit(1)
	}
}
