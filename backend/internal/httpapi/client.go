package httpapi

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

type clientKey struct{}

// clientOf returns the address that a request came from, as [Server.client]
// found it.
func clientOf(ctx context.Context) string {
	address, _ := ctx.Value(clientKey{}).(string)
	return address
}

// client returns whose attempts count together: the address of the connection's
// other end. With TrustProxy that is the proxy, and the last entry of
// X-Forwarded-For, which the proxy wrote itself, says who asked it; the ones
// before are what the client claims. An IPv6 address counts with its /64, which
// is what one subscriber has.
func (s *Server) client(r *http.Request) string {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		peer = r.RemoteAddr
	}
	if lines := r.Header.Values("X-Forwarded-For"); s.TrustProxy && len(lines) > 0 {
		hops := strings.Split(lines[len(lines)-1], ",")
		if address, ok := network(strings.TrimSpace(hops[len(hops)-1])); ok {
			return address
		}
	}
	if address, ok := network(peer); ok {
		return address
	}
	return peer
}

// network reads an address, with or without a port.
func network(text string) (string, bool) {
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return "", false
		}
		address = withPort.Addr()
	}
	address = address.Unmap().WithZone("")
	if address.Is6() {
		prefix, _ := address.Prefix(64) // 64 bits fit
		return prefix.String(), true
	}
	return address.String(), true
}
