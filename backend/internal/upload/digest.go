package upload

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
)

// digest hashes content while it is read once: by SHA-256, which proves it, and
// by CRC-32, which a zip needs before the content. It has no CRC-32 of an upload
// that an earlier version began.
type digest struct {
	sha   hash.Hash
	crc   uint32
	noCRC bool
}

func newDigest() *digest { return &digest{sha: sha256.New()} }

// Write implements [io.Writer]; it never fails.
func (d *digest) Write(p []byte) (int, error) {
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	return d.sha.Write(p)
}

// state is what restore takes: the state of the SHA-256, and the CRC-32 behind it.
func (d *digest) state() ([]byte, error) {
	state, err := d.sha.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("keep the state of the hash: %w", err)
	}
	if d.noCRC {
		return state, nil
	}
	return binary.BigEndian.AppendUint32(state, d.crc), nil
}

// restore goes on from a state, also of an earlier version, and reports whether
// it understood that.
func (d *digest) restore(state []byte) bool {
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

// sha256 returns the SHA-256 in hex.
func (d *digest) sha256() string { return hex.EncodeToString(d.sha.Sum(nil)) }

// crc32 returns the CRC-32 in hex, "" when it is not known.
func (d *digest) crc32() string {
	if d.noCRC {
		return ""
	}
	return fmt.Sprintf("%08x", d.crc)
}

// complete notes both in the info of an upload that is whole.
func (d *digest) complete(in *info) {
	in.HashState, in.SHA256, in.CRC32 = nil, d.sha256(), d.crc32()
}
