package proxy

import "github.com/mattn/go-ieproxy"

// system asks Windows, by the settings of the user or their script.
func system() Func { return Func(ieproxy.GetProxyFunc()) }
