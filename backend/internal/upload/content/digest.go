package content

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
)

// Digest computes the SHA-256 of content, which proves it, and the CRC-32, which a zip
// needs before the content, in one pass. The CRC-32 is missing for an upload that an
// earlier version began.
type Digest struct {
	sha   hash.Hash
	crc   uint32
	noCRC bool
}

// NewDigest returns the digest of no bytes.
func NewDigest() *Digest { return &Digest{sha: sha256.New()} }

// Write implements [io.Writer]; it never fails.
func (d *Digest) Write(p []byte) (int, error) {
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	return d.sha.Write(p)
}

// State returns the state of the SHA-256, followed by the CRC-32, for Restore.
func (d *Digest) State() ([]byte, error) {
	state, err := d.sha.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("save the state of the hash: %w", err)
	}
	if d.noCRC {
		return state, nil
	}
	return binary.BigEndian.AppendUint32(state, d.crc), nil
}

// Restore continues from a state of this version or an earlier one. It reports whether
// the state was valid.
func (d *Digest) Restore(state []byte) bool {
	sha := d.sha.(encoding.BinaryUnmarshaler)
	if sha.UnmarshalBinary(state) == nil {
		d.noCRC = true
		return true
	}
	end := len(state) - 4
	if end < 0 || sha.UnmarshalBinary(state[:end]) != nil {
		return false
	}
	d.crc = binary.BigEndian.Uint32(state[end:])
	return true
}

// SHA256 returns the SHA-256 in hex.
func (d *Digest) SHA256() string { return hex.EncodeToString(d.sha.Sum(nil)) }

// CRC32 returns the CRC-32 in hex, "" when it is not known.
func (d *Digest) CRC32() string {
	if d.noCRC {
		return ""
	}
	return fmt.Sprintf("%08x", d.crc)
}
