//go:build !windows && !darwin

package proxy

// system reads the settings of GNOME, which other desktops use, too.
func system() Func {
	return ofConfig(cached(output("gsettings", "list-recursively", "org.gnome.system.proxy"), fromGSettings))
}
