package tus

import (
	"net"
	"net/http"
	"time"
)

// NewHTTPClient returns an HTTP client that suits long uploads; share one, and
// call its CloseIdleConnections when done.
//
// It speaks HTTP/1.1 only: one stream over HTTP/2 is slower, because both ends
// add framing and flow control to what TCP already does. It sets no
// ResponseHeaderTimeout, since Config.StallTimeout covers that wait.
//
// WriteBufferSize has a small file leave together with its header. For a longer
// body of known length net/http copies past that buffer, 32 KiB at a time.
func NewHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{Transport: &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		Protocols:              protocols,
		TLSHandshakeTimeout:    15 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConnsPerHost:    32, // as many as are used at once, or they are made anew
		WriteBufferSize:        32 << 10,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}}
}
