// Package secret keeps the one secret of a server. From it derive the tokens of
// links, of which the store keeps only hashes, and the key that signs receipts.
package secret

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"handover/internal/atomicfile"
)

const length = 32 // bytes

// Secret is a server's secret. It opens every order, so it is kept in its own file,
// outside the store.
type Secret struct{ seed []byte }

// Open reads the secret from the file. If the file is missing, Open creates it with a
// new secret.
func Open(path string) (Secret, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return Secret{}, fmt.Errorf("make the server's secret: %w", err)
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return Secret{}, fmt.Errorf("read the server's secret: %w", err)
	}
	seed, err := hex.DecodeString(string(bytes.TrimSpace(raw)))
	if err != nil || len(seed) != length {
		return Secret{}, fmt.Errorf("read the server's secret: %s does not hold one; restore it from a backup", path)
	}
	return Secret{seed}, nil
}

// create writes a new secret. If two programs do this at once, both use the secret of
// the first.
func create(path string) error {
	seed := make([]byte, length)
	rand.Read(seed) // never fails, see crypto/rand
	err := atomicfile.Create(path, atomicfile.Text(fmt.Sprintf("%x\n", seed)))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// ReviewToken returns the token of an order's review link. A link that is
// renewed belongs to the next generation.
func (s Secret) ReviewToken(orderID string, generation int) string {
	return s.token("review links", orderID, generation)
}

// ViewToken returns the token of the link to look at an order with the number.
func (s Secret) ViewToken(orderID string, number int) string {
	return s.token("view links", orderID, number)
}

func (s Secret) token(purpose, orderID string, number int) string {
	mac := hmac.New(sha256.New, s.derive(purpose))
	fmt.Fprintf(mac, "%s/%d", orderID, number)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ReceiptKey returns the key that signs delivery receipts.
func (s Secret) ReceiptKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(s.derive("receipts"))
}

// Fingerprint identifies the secret without revealing it.
func (s Secret) Fingerprint() string {
	return hex.EncodeToString(s.derive("fingerprint"))
}

// derive returns a key for one purpose (HKDF, RFC 5869).
func (s Secret) derive(purpose string) []byte {
	key, err := hkdf.Expand(sha256.New, s.seed, "handover "+purpose, length)
	if err != nil {
		panic(err) // SHA-256 allows the length
	}
	return key
}
