// Package token makes random secrets and IDs, and the hashes of secrets that the store keeps.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Alphabet has the characters of which tokens are made.
const Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// New returns a secret of 256 random bits for an address or a header,
// and the hash of it that is stored.
func New() (token, hash string) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails, see crypto/rand
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	return token, Hash(token)
}

// Hash returns the hash of a token for the store. Tokens are random enough that a
// plain SHA-256 cannot be reversed.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewID returns a random ID of the given length, at most 26, in lower-case
// letters and digits.
func NewID(length int) string {
	return strings.ToLower(rand.Text()[:length])
}
