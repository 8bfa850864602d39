// Package deeplink reads links such as handover://order/ID, and has the system
// open them with this program.
package deeplink

import (
	"errors"
	"strings"
)

// Scheme is that of the program's links.
const Scheme = "handover"

const prefix = Scheme + "://order/"

// longest is how many characters the ID of an order may have; that of a real
// one has ten.
const longest = 64

// ErrUnusable is returned for a link that names no order.
var ErrUnusable = errors.New("the link names no order")

// Parse returns the ID of the order that the link names. Whoever made the link
// is not known: nothing but an ID is read, and anything else in it is refused
// with [ErrUnusable].
func Parse(link string) (string, error) {
	if len(link) > len(prefix)+longest+1 || len(link) < len(prefix) || !strings.EqualFold(link[:len(prefix)], prefix) {
		return "", ErrUnusable
	}
	id := strings.TrimSuffix(link[len(prefix):], "/") // browsers add one
	if id == "" || len(id) > longest || strings.ContainsFunc(id, foreign) {
		return "", ErrUnusable
	}
	return id, nil
}

// foreign reports whether no ID has the character.
func foreign(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// In returns the first argument that is one of the program's links, usable or
// not; "" when there is none.
func In(args []string) string {
	for _, arg := range args {
		if len(arg) > len(Scheme) && strings.EqualFold(arg[:len(Scheme)+1], Scheme+":") {
			return arg
		}
	}
	return ""
}
