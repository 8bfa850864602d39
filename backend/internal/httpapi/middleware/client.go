package middleware

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

type clientKey struct{}

// Client returns the address that a request came from. Sign-in attempts are
// counted by it. Requests that did not pass [Watch] have "".
func Client(ctx context.Context) string {
	address, _ := ctx.Value(clientKey{}).(string)
	return address
}

// clientOf returns the address of the connection's other end. With a trusted
// proxy, that is the proxy; the client is the last entry of X-Forwarded-For,
// which the proxy itself wrote. The client can forge the earlier entries. An
// IPv6 address counts as its /64, which is the network of one subscriber.
func clientOf(r *http.Request, trustProxy bool) string {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		peer = r.RemoteAddr
	}
	if lines := r.Header.Values("X-Forwarded-For"); trustProxy && len(lines) > 0 {
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
