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

// file is the name of the desktop entry, in the menu and for the start.
const file = "handover.desktop"

// Links has the desktop open the program's links with it, and lists it in the
// menu. Where a package has installed it for everybody, that is left as it is.
// The seller's own choice of another program for the links stays.
func (p Program) Links() error {
	for _, dir := range xdg.DataDirs {
		if raw, err := os.ReadFile(filepath.Join(dir, "applications", file)); err == nil && strings.Contains(string(raw), p.handles()) {
			return drop(filepath.Join(xdg.DataHome, "applications", file))
		}
	}
	_, err := put(filepath.Join(xdg.DataHome, "applications", file), []byte(p.entry("%u", "MimeType="+p.handles()+";")))
	if err == nil && len(p.Icon) > 0 {
		_, err = put(filepath.Join(xdg.DataHome, "icons", "hicolor", "256x256", "apps", "handover.png"), p.Icon)
	}
	if err == nil {
		err = p.chooseForLinks(filepath.Join(xdg.ConfigHome, "mimeapps.list"))
	}
	if err != nil {
		return fmt.Errorf("have links opened with Handover: %w", err)
	}
	return nil
}

func (p Program) handles() string { return "x-scheme-handler/" + p.Scheme }

// chooseForLinks adds the program to the list of the seller's choices, unless
// they have made one for its links. A new desktop entry alone counts only once
// a cache was made that needs a tool of its own.
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
	// Desktops turn an entry off so, instead of removing it.
	off := strings.Contains(string(raw), "\nHidden=true") || strings.Contains(string(raw), "\nX-GNOME-Autostart-enabled=false")
	return err == nil && !off, err
}

// StartAtLogin has the program start at sign-in, without its window, or not.
func (p Program) StartAtLogin(on bool) error {
	if !on {
		return drop(p.autostart())
	}
	_, err := put(p.autostart(), []byte(p.entry(p.Hidden, "X-GNOME-Autostart-enabled=true")))
	return err
}

func (p Program) autostart() string { return filepath.Join(xdg.ConfigHome, "autostart", file) }

// entry is a desktop entry that starts the program with the argument.
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

// quote writes a path as the Exec of a desktop entry needs it: as one word, and
// all of it once more as the string that a value is.
func quote(path string) string {
	path = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`, "%", "%%").Replace(path)
	return strings.ReplaceAll(`"`+path+`"`, `\`, `\\`)
}
