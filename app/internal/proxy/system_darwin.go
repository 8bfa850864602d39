package proxy

// system asks macOS.
func system() Func { return ofConfig(cached(output("scutil", "--proxy"), fromScutil)) }
