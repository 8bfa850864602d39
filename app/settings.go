package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"handover/app/internal/desk"
	"handover/app/internal/logfile"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
	"handover/internal/atomicfile"
)

// About holds the versions and the folder of the log.
type About struct {
	Version       string `json:"version"`
	ServerVersion string `json:"serverVersion"` // "" if the server does not answer
	Logs          string `json:"logs"`          // folder of the log
}

// Account is the seller's account on the server.
type Account struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Language string `json:"language" enum:",en,de"` // of the server's e-mails
}

// About returns the versions. Without an answer of the server it returns only the
// program's.
func (a *App) About() (About, error) {
	return ask(a.p, func(d *desk.Desk) (About, error) {
		v := About{Version: a.p.options.Version, Logs: a.p.logs()}
		if server, err := d.Session.About(a.p.ctx); err == nil {
			v.ServerVersion = server.Version
		}
		return v, nil
	})
}

// OpenLogs opens the folder of the log in the file manager.
func (a *App) OpenLogs() error {
	_, err := ask(a.p, func(*desk.Desk) (struct{}, error) {
		return struct{}{}, a.p.reveal(a.p.logs())
	})
	return err
}

// Account returns the seller's account from the server.
func (a *App) Account() (Account, error) {
	return ask(a.p, func(d *desk.Desk) (Account, error) {
		account, err := d.Session.Account(a.p.ctx)
		return Account{Name: account.Name, Email: account.Email, Language: string(account.Language)}, err
	})
}

// ChangeLanguage changes the language of the server's e-mails to the seller.
func (a *App) ChangeLanguage(language string) (Account, error) {
	return ask(a.p, func(d *desk.Desk) (Account, error) {
		account, err := d.Session.ChangeLanguage(a.p.ctx, order.Language(language))
		return Account{Name: account.Name, Email: account.Email, Language: string(account.Language)}, err
	})
}

// NoteTimeZone sends the seller's time zone to the server: an IANA name such as
// Europe/Berlin. E-mails give times in that zone.
func (a *App) NoteTimeZone(name string) error {
	_, err := ask(a.p, func(d *desk.Desk) (struct{}, error) {
		return struct{}{}, d.Session.SendTimeZone(a.p.ctx, name)
	})
	return err
}

// ChangePassword changes the seller's password and ends all other sign-ins. It
// fails with wrong_password if current is not the seller's password.
func (a *App) ChangePassword(current, password string) error {
	_, err := ask(a.p, func(d *desk.Desk) (struct{}, error) {
		err := d.Session.ChangePassword(a.p.ctx, current, password)
		if refusal, ok := errors.AsType[*api.Problem](err); ok && refusal.Field == "current" {
			err = &problem.Error{Code: "wrong_password", Message: refusal.Detail, Cause: err}
		}
		return struct{}{}, err
	})
	return err
}

// reveal opens an existing folder in the file manager.
func (p *Program) reveal(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || !filepath.IsAbs(dir) {
		return &problem.Error{Code: problem.CodeFolderGone, Message: fmt.Sprintf("the folder %s does not exist", dir), Cause: err}
	}
	return p.shell.Reveal(p.ctx, dir)
}

func (p *Program) logs() string { return logs(p.options.Home) }

func logs(home string) string { return filepath.Join(home, "logs") }

// NewLog returns a log that writes to files of limited size in a data folder and
// to standard error.
func NewLog(home string) *slog.Logger {
	return slog.New(slog.NewTextHandler(io.MultiWriter(logfile.New(logs(home)), os.Stderr), nil))
}

// keep asks the seller for a file, writes it atomically, and returns its path; ""
// when the seller cancels.
func (p *Program) keep(name string, content []byte) (string, error) {
	path, err := p.window.SaveFile(name)
	if err != nil || path == "" {
		return "", err
	}
	if err := atomicfile.Replace(path, atomicfile.Text(string(content))); err != nil {
		return "", fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	return path, nil
}
