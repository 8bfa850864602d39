package backend_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"handover/backend/order"
)

// fleetSize is a size of any kind: one byte, small enough to go in one request
// with others, about a part of what the storage takes, some of these, and mostly
// something between.
func fleetSize(chance *rand.Rand) int64 {
	const part = 16 << 20
	switch chance.IntN(8) {
	case 0:
		return 1
	case 1:
		return 1 + chance.Int64N(64<<10)
	case 2:
		return part - 1 + chance.Int64N(3)
	case 3:
		return part + 1 + chance.Int64N(24<<20)
	default:
		return 1 + chance.Int64N(8<<20)
	}
}

// film makes a file of chance.
func (s *fleetSeller) film(name string, size int64, chance *rand.Rand) (order.File, error) {
	to, err := os.Create(filepath.Join(s.dir, name))
	if err != nil {
		return order.File{}, err
	}
	defer to.Close()
	var key [32]byte
	for i := range key {
		key[i] = byte(chance.Uint32())
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(to, sum), rand.NewChaCha8(key), size); err != nil {
		return order.File{}, err
	}
	return order.File{Path: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, to.Close()
}
