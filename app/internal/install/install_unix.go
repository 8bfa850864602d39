//go:build unix && !darwin

package install

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
)

// file is the name of the desktop entry in both folders.
const file = "handover.desktop"

// Links registers the program for its links and adds it to the menu. It changes neither the
// installation by a package nor the seller's choice of another program.
func (p Program) Links() error {
	for _, dir := range xdg.DataDirs {
		installed, _ := os.ReadFile(filepath.Join(dir, "applications", file)) // missing in most folders
		if strings.Contains(string(installed), p.handles()) {
			return drop(filepath.Join(xdg.DataHome, "applications", file))
		}
	}
	if err := p.register(); err != nil {
		return fmt.Errorf("register Handover for its links: %w", err)
	}
	return nil
}

// register writes the desktop entry and the icon, and makes the program the default
// for its links.
func (p Program) register() error {
	_, err := put(filepath.Join(xdg.DataHome, "applications", file), []byte(p.entry("%u", "MimeType="+p.handles()+";")))
	if err != nil {
		return err
	}
	if len(p.Icon) > 0 {
		if _, err := put(filepath.Join(xdg.DataHome, "icons", "hicolor", "256x256", "apps", "handover.png"), p.Icon); err != nil {
			return err
		}
	}
	return p.chooseForLinks(filepath.Join(xdg.ConfigHome, "mimeapps.list"))
}

func (p Program) handles() string { return "x-scheme-handler/" + p.Scheme }

// chooseForLinks adds the program to the seller's default applications, unless they have
// chosen another one for its links. A new desktop entry alone takes effect only after
// a separate tool has updated a cache.
func (p Program) chooseForLinks(path string) error {
	const section = "[Default Applications]"
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), p.handles()+"=") }) {
		return nil
	}
	at := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == section })
	if at < 0 {
		if len(raw) == 0 {
			lines = nil
		}
		lines, at = append(lines, section), len(lines)
	}
	lines = slices.Insert(lines, at+1, p.handles()+"="+file)
	_, err = put(path, []byte(strings.Join(lines, "\n")+"\n"))
	return err
}

// StartsAtLogin reports whether the program starts at sign-in.
func (p Program) StartsAtLogin() (bool, error) {
	raw, err := os.ReadFile(p.autostart())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// Desktops disable an entry this way instead of removing it.
	off := strings.Contains(string(raw), "\nHidden=true") || strings.Contains(string(raw), "\nX-GNOME-Autostart-enabled=false")
	return !off, nil
}

// StartAtLogin switches the start at sign-in, without a window, on or off.
func (p Program) StartAtLogin(on bool) error {
	if !on {
		return drop(p.autostart())
	}
	_, err := put(p.autostart(), []byte(p.entry(p.Hidden, "X-GNOME-Autostart-enabled=true")))
	return err
}

func (p Program) autostart() string { return filepath.Join(xdg.ConfigHome, "autostart", file) }

// entry returns a desktop entry that starts the program with the argument.
func (p Program) entry(argument, more string) string {
	return `[Desktop Entry]
Type=Application
Name=Handover
Comment=Deliver finished orders to your buyers
Comment[de]=Fertige Aufträge an deine Kunden liefern
Exec=` + quote(p.Path) + " " + argument + `
Icon=handover
Terminal=false
Categories=Office;Network;FileTransfer;
StartupWMClass=handover
` + more + "\n"
}

// quote escapes a path for Exec in a desktop entry: first as one argument, then as a string
// value.
func quote(path string) string {
	path = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`, "%", "%%").Replace(path)
	return strings.ReplaceAll(`"`+path+`"`, `\`, `\\`)
}
