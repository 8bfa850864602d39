package install

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

const (
	runKey   = `Software\Microsoft\Windows\CurrentVersion\Run`
	runValue = "Handover"
)

// Links registers the program for its links, for this user.
func (p Program) Links() error {
	class := `Software\Classes\` + p.Scheme
	for _, v := range []struct{ key, name, value string }{
		{class, "", "URL:Handover"},
		{class, "URL Protocol", ""},
		{class + `\DefaultIcon`, "", quote(p.Path) + ",0"},
		{class + `\shell\open\command`, "", quote(p.Path) + ` "%1"`},
	} {
		if err := set(v.key, v.name, v.value); err != nil {
			return fmt.Errorf("register Handover for its links: %w", err)
		}
	}
	return nil
}

// StartsAtLogin reports whether the program starts at sign-in.
func (p Program) StartsAtLogin() (bool, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer key.Close()
	_, _, err = key.GetStringValue(runValue)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// StartAtLogin switches the start at sign-in, without a window, on or off.
func (p Program) StartAtLogin(on bool) error {
	if on {
		return set(runKey, runValue, quote(p.Path)+" "+p.Hidden)
	}
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer key.Close()
	if err := key.DeleteValue(runValue); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}

// set writes a value unless it is unchanged.
func set(path, name, value string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, path, registry.QUERY_VALUE|registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if there, _, err := key.GetStringValue(name); err == nil && there == value {
		return nil
	}
	return key.SetStringValue(name, value)
}

// quote quotes a path. On Windows a path cannot contain a quotation mark.
func quote(path string) string { return `"` + path + `"` }
