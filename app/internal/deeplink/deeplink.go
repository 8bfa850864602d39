// Package deeplink parses links such as handover://order/ID.
package deeplink

import (
	"errors"
	"strings"
)

// Scheme is the scheme of the program's links.
const Scheme = "handover"

const prefix = Scheme + "://order/"

// longest limits the ID of an order, in characters; real IDs have ten.
const longest = 64

// ErrUnusable is returned for a link without the ID of an order.
var ErrUnusable = errors.New("the link does not name an order")

// Parse returns the ID of the order in the link. The link may come from anyone, so it must
// contain an ID and nothing else; otherwise Parse returns [ErrUnusable].
func Parse(link string) (string, error) {
	if len(link) > len(prefix)+longest+1 || len(link) < len(prefix) || !strings.EqualFold(link[:len(prefix)], prefix) {
		return "", ErrUnusable
	}
	id := strings.TrimSuffix(link[len(prefix):], "/") // browsers append a slash
	if id == "" || len(id) > longest || strings.ContainsFunc(id, foreign) {
		return "", ErrUnusable
	}
	return id, nil
}

// foreign reports whether the character cannot occur in an ID.
func foreign(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// In returns the first argument that is a link of the program, valid or not; "" without
// a link.
func In(args []string) string {
	for _, arg := range args {
		if len(arg) > len(Scheme) && strings.EqualFold(arg[:len(Scheme)+1], Scheme+":") {
			return arg
		}
	}
	return ""
}
