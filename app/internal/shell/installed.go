package shell

import (
	_ "embed"
	"log/slog"

	"handover/app/internal/deeplink"
	"handover/app/internal/install"
)

// Installation registers the program with the seller's system.
type Installation interface {
	// Links registers the program for links to orders.
	Links() error
	StartsAtLogin() (bool, error)
	StartAtLogin(on bool) error
}

//go:embed icon.png
var programIcon []byte

// ThisProgram returns the running program's installation.
func ThisProgram() (Installation, error) {
	path, err := install.Here()
	if err != nil {
		return nil, err
	}
	return install.Program{Path: path, Scheme: deeplink.Scheme, Hidden: hidden, Icon: programIcon}, nil
}

// registerLinks registers the program for links to orders, if it works on the
// seller's own data folder. The program also works without it.
func registerLinks(in Installation, log *slog.Logger) {
	if in == nil {
		return
	}
	if err := in.Links(); err != nil {
		log.Warn("register for links to orders", "error", err)
	}
}

// StartsAtLogin reports whether the program starts at sign-in to the computer.
// available is false for a data folder that is not the seller's own.
func (s *Shell) StartsAtLogin() (available, on bool, err error) {
	if s.options.Installation == nil {
		return false, false, nil
	}
	on, err = s.options.Installation.StartsAtLogin()
	return err == nil, on, err
}

// StartAtLogin switches the start at sign-in on or off. It does nothing for a data
// folder that is not the seller's own.
func (s *Shell) StartAtLogin(on bool) error {
	if s.options.Installation == nil {
		return nil
	}
	return s.options.Installation.StartAtLogin(on)
}
