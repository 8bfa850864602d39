// Command handover delivers finished work from the command line, for scripts and
// render farms. It shares drafts and uploads with the desktop window.
package main

import (
	"log/slog"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/alecthomas/kong"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/commandline"
)

type grammar struct {
	Home    string           `env:"HANDOVER_HOME" placeholder:"DIR" help:"Folder of drafts and sign-in; by default in the user's data folder."`
	Verbose bool             `help:"Log to standard error."`
	Version kong.VersionFlag `help:"Print the version."`

	Login    loginCommand    `cmd:"" help:"Sign in to a server."`
	Logout   logoutCommand   `cmd:"" help:"Sign out. Drafts stay."`
	Password passwordCommand `cmd:"" help:"Change your password, and sign out everywhere else."`
	Orders   ordersCommand   `cmd:"" help:"List the orders, soonest due first: all, or only late ones, or those with a status or a text."`
	Order    orderCommand    `cmd:"" help:"Show an order."`
	New      newCommand      `cmd:"" help:"Place an order for a client of your own."`
	Import   importCommand   `cmd:"" help:"Place the orders of a CSV file, all or none."`
	Link     linkCommand     `cmd:"" help:"Show the client's link to an order, renew it or revoke it."`
	Message  messageCommand  `cmd:"" help:"Write to the client of an order."`
	History  historyCommand  `cmd:"" help:"Show what happened to an order."`
	Cancel   cancelCommand   `cmd:"" help:"Propose to cancel an order, or answer a proposal."`
	Earnings earningsCommand `cmd:"" help:"Show what was earned: pending, clearing and cleared, by month."`
	Receipt  receiptCommands `cmd:"" help:"Signed receipts of deliveries."`
	Attach   attachCommand   `cmd:"" help:"Add files, folders or a link to an order's draft."`
	Detach   detachCommand   `cmd:"" help:"Remove a file, a folder or a link from the draft. The file itself stays."`
	Draft    draftCommand    `cmd:"" help:"Show a draft, or change its description."`
	Deliver  deliverCommand  `cmd:"" help:"Upload missing files and deliver. After an interruption the same command continues."`
	Sync     syncCommand     `cmd:"" help:"Turn the work folder on, with one folder per open order, and upload the files that you save there into its draft, until interrupted."`
	Folder   folderCommand   `cmd:"" help:"Show the work folder, move it or turn it off."`
	Limits   limitsCommand   `cmd:"" help:"Show or change the upload limits. Changes take effect immediately, also for running programs."`
	Pause    pauseCommand    `cmd:"" help:"Pause the uploads of an order, or all."`
	Resume   resumeCommand   `cmd:"" help:"Resume paused uploads."`
	Demo     demoCommand     `cmd:"" help:"Show an order from start to end on this computer, in a temporary folder, in under a minute."`
}

// JSON reports whether the command answers in JSON.
func (g *grammar) JSON() bool {
	return g.Orders.JSON || g.Order.JSON || g.Draft.JSON || g.Deliver.JSON || g.New.JSON || g.Import.JSON ||
		g.Link.JSON || g.Message.JSON || g.History.JSON || g.Cancel.JSON || g.Limits.JSON || g.Pause.JSON || g.Resume.JSON || g.Earnings.JSON || g.Sync.JSON || g.Folder.JSON
}

func main() {
	os.Exit(commandline.Main("handover", "Deliver finished orders to your buyers.", backend.Version, &grammar{}, os.Args[1:], commandline.System(), code))
}

func code(err error) string { return problem.Explain(err).Code }

// parallel is how many files are uploaded at once.
const parallel = 3

// home is the folder of drafts and sign-in.
func (g *grammar) home() string {
	if g.Home != "" {
		return g.Home
	}
	return filepath.Join(xdg.DataHome, "handover")
}

// open opens the desk; the caller closes it.
func (g *grammar) open(streams commandline.Streams, changes ...func(*desk.Options)) (*desk.Desk, error) {
	level := slog.LevelError
	if g.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(streams.Err, &slog.HandlerOptions{Level: level}))
	o := desk.Options{Home: g.home(), Parallel: parallel, Log: log}
	for _, change := range changes {
		change(&o)
	}
	return desk.Open(o)
}

// with runs f with an open desk and explains its error.
func (g *grammar) with(streams commandline.Streams, f func(*desk.Desk) error, changes ...func(*desk.Options)) error {
	d, err := g.open(streams, changes...)
	if err == nil {
		g.tellRecovered(d, streams)
		err = f(d)
		if closeErr := d.Close(); err == nil {
			err = closeErr
		}
	}
	if err == nil {
		return nil
	}
	return problem.Explain(err)
}
