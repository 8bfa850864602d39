package proxy

import "github.com/mattn/go-ieproxy"

// system asks Windows, which applies the user's settings or their script.
func system() Func { return Func(ieproxy.GetProxyFunc()) }
