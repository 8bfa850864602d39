package upload

import (
	"crypto/rand"
	"strings"
)

const idLen = 26

// newID returns 130 random bits in lower-case base32: nobody guesses one, and it
// is a safe file name on every system.
func newID() string { return strings.ToLower(rand.Text()) }

// validID accepts exactly what newID makes. Every ID from outside passes
// through here before it becomes part of a file's name.
func validID(id string) bool {
	if len(id) != idLen {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}
