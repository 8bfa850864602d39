//go:build !windows && !darwin

package proxy

// system asks the settings of GNOME, which other desktops keep too.
func system() Func {
	return ofConfig(cached(output("gsettings", "list-recursively", "org.gnome.system.proxy"), fromGSettings))
}
