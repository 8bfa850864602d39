package content

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// IDLen is the length of every ID.
const IDLen = 26

// NewID returns 130 random bits in lower-case base32. The ID cannot be guessed, and is
// a safe file name on every system.
func NewID() string { return strings.ToLower(rand.Text()) }

// ValidID reports whether id has the form of [NewID]. Check every ID from outside
// before it becomes part of a name.
func ValidID(id string) bool {
	if len(id) != IDLen {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// FinalID derives the ID of a final upload from the IDs of its parts, which cannot be
// guessed. A client that missed the answer repeats the request with the same parts and
// gets the same upload.
func FinalID(parts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, " ")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:IDLen]
}
