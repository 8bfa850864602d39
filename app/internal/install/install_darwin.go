package install

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Links does nothing: macOS reads the program's links from Info.plist in the bundle
// (wails.json: protocols).
func (p Program) Links() error { return nil }

// StartsAtLogin reports whether the program starts at sign-in.
func (p Program) StartsAtLogin() (bool, error) {
	_, err := os.Stat(agent())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// StartAtLogin switches the start at sign-in, without a window, on or off.
func (p Program) StartAtLogin(on bool) error {
	if !on {
		return drop(agent())
	}
	var path, hidden bytes.Buffer
	if err := errors.Join(xml.EscapeText(&path, []byte(p.Path)), xml.EscapeText(&hidden, []byte(p.Hidden))); err != nil {
		return err
	}
	_, err := put(agent(), []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>com.handover.desktop</string>
	<key>ProgramArguments</key>
	<array>
		<string>`+path.String()+`</string>
		<string>`+hidden.String()+`</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
</dict>
</plist>
`))
	return err
}

func agent() string {
	return filepath.Join(xdg.Home, "Library", "LaunchAgents", "com.handover.desktop.plist")
}
