//go:build unix

package main_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
)

// writeSeeded makes a file of random bytes, the same for the same seed, and
// returns their SHA-256.
func writeSeeded(path string, seed uint64, size int64) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	sum := sha256.New()
	_, err = io.CopyN(io.MultiWriter(f, sum), rand.NewChaCha8(key), size)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Close())
}
