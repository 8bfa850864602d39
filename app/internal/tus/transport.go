package tus

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// NewHTTPClient returns an HTTP client that uses NewTransport.
func NewHTTPClient() *http.Client { return &http.Client{Transport: NewTransport()} }

// NewTransport returns a transport for long uploads and other requests. Share it, and
// call CloseIdleConnections when done.
//
// It speaks HTTP/1.1 only: one stream over HTTP/2 is slower, because both ends
// add framing and flow control to what TCP already does. It sets no
// ResponseHeaderTimeout, since Config.StallTimeout covers that wait.
//
// WriteBufferSize is large enough to send a small file together with its header.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if tcp, ok := c.(*net.TCPConn); ok {
				return direct{tcp}, err
			}
			return c, err
		},
		Protocols:              protocols,
		TLSHandshakeTimeout:    15 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConnsPerHost:    32, // at least the number in use at once, to avoid reconnecting
		WriteBufferSize:        32 << 10,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}
}

// direct is a connection that sends file content from the buffer it was read into.
// net/http would first copy it in pieces of 32 KiB.
type direct struct{ *net.TCPConn }

const (
	leastPiece = 32 << 10
	// livelyPiece is the longest time for sending one piece, so that limits, progress
	// and time-outs stay responsive; the next piece is half as long.
	livelyPiece = 20 * time.Millisecond
)

// ReadFrom implements [io.ReaderFrom], which net/http asks for when it knows the
// length of a body.
func (c direct) ReadFrom(r io.Reader) (sent int64, err error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		return c.TCPConn.ReadFrom(r)
	}
	content, ok := limited.R.(*body)
	if !ok {
		return c.TCPConn.ReadFrom(r)
	}
	piece := leastPiece
	for limited.N > 0 {
		p, err := content.next(int(min(int64(piece), limited.N)))
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return sent, err
		}
		begin := time.Now()
		n, err := c.Write(p)
		sent += int64(n)
		limited.N -= int64(n)
		if err != nil {
			return sent, err
		}
		if time.Since(begin) > livelyPiece {
			piece = max(piece/2, leastPiece)
		} else {
			piece = min(2*piece, readSize)
		}
	}
	return sent, nil
}
