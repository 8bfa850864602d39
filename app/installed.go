package app

import (
	_ "embed"

	"handover/app/internal/deeplink"
	"handover/app/internal/install"
	"handover/app/internal/problem"
)

// Installation makes the program known to the seller's system.
type Installation interface {
	// Links has the system open the program's links with it.
	Links() error
	StartsAtLogin() (bool, error)
	StartAtLogin(on bool) error
}

//go:embed icon.png
var icon []byte

// ThisProgram is the running program's installation.
func ThisProgram() (Installation, error) {
	path, err := install.Here()
	if err != nil {
		return nil, err
	}
	return install.Program{Path: path, Scheme: deeplink.Scheme, Hidden: hidden, Icon: icon}, nil
}

// registerLinks has links opened with this program, when it works on the
// seller's own data folder. Without it everything else works.
func (p *Program) registerLinks() {
	if p.options.Installation == nil {
		return
	}
	if err := p.options.Installation.Links(); err != nil {
		p.options.Log.Warn("links to orders are not opened with this program", "error", err)
	}
}

// Startup says whether the program starts at sign-in to the computer.
type Startup struct {
	// Available is false for a data folder that is not the seller's own.
	Available bool `json:"available"`
	On        bool `json:"on"`
}

// Startup returns whether the program starts at sign-in to the computer.
func (a *App) Startup() (Startup, error) {
	in := a.p.options.Installation
	if in == nil {
		return Startup{}, nil
	}
	on, err := in.StartsAtLogin()
	if err != nil {
		return Startup{}, problem.Explain(err)
	}
	return Startup{Available: true, On: on}, nil
}

// SetStartup has the program start at sign-in to the computer, or not.
func (a *App) SetStartup(on bool) (Startup, error) {
	if in := a.p.options.Installation; in != nil {
		if err := in.StartAtLogin(on); err != nil {
			return Startup{}, problem.Explain(err)
		}
	}
	return a.Startup()
}
