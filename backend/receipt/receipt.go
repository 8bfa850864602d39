// Package receipt signs and verifies proofs of deliveries. A receipt names the order,
// the parties, the time, and the SHA-256 of every file. Anyone can verify it.
//
// A receipt is a file in the DSSE envelope, version 1.0.2
// (https://github.com/secure-systems-lab/dsse, envelope.md and protocol.md):
//
//	{
//	  "payloadType": "application/vnd.handover.receipt.v1+json",
//	  "payload":     base64 of the receipt as JSON,
//	  "signatures":  [{"keyid": ID of the key, "sig": base64 of the signature}],
//	  "key":         base64 of the public key, an addition to the envelope
//	}
//
// The signature is Ed25519 (RFC 8032) over the exact bytes of the payload and
// its type (DSSE's "pre-authentication encoding"), so no canonical JSON form is
// needed. The key in the file only identifies the key. A verifier must get the
// server's key from the server itself.
package receipt

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// PayloadType is the type of the payload. A change of the receipt's fields that old
// programs would misread needs a new type.
const PayloadType = "application/vnd.handover.receipt.v1+json"

// MediaType is the media type of the file.
const MediaType = "application/vnd.dsse.envelope.v1+json"

// MaxSize is the largest size of a receipt in bytes: 10,000 files with paths of up
// to 1,024 bytes and 1,000 symbolic links, which JSON can make six times as long.
const MaxSize = 112 << 20

// Receipt describes a delivery.
type Receipt struct {
	Order       string    `json:"order"`
	Title       string    `json:"title"`
	Number      int       `json:"number"` // of the delivery
	DeliveredAt time.Time `json:"delivered_at"`
	Seller      string    `json:"seller"`
	Buyer       string    `json:"buyer"`
	// DescriptionSHA256 is the digest of the description as UTF-8, in
	// lower-case hex, like every digest here.
	DescriptionSHA256 string    `json:"description_sha256"`
	Files             []File    `json:"files"`
	Links             []Link    `json:"links"`
	Symlinks          []Symlink `json:"symlinks,omitempty"` // among the files
	Server            string    `json:"server"`             // its public address
	KeyID             string    `json:"key_id"`             // of the key that signed
}

// File is a delivered file.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Executable says that the seller's system may run the file.
	Executable bool `json:"executable,omitempty"`
}

// Symlink is a symbolic link among the files; its target is relative to its folder.
type Symlink struct {
	Path   string `json:"path"`
	Target string `json:"target"`
}

// Link is delivered work on another server.
type Link struct {
	URL   string `json:"url"`
	Label string `json:"label,omitempty"`
}

// envelope is the file.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"`
	Signatures  []signature `json:"signatures"`
	Key         []byte      `json:"key"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// Sign returns the receipt as a file, signed with the key. The same receipt
// and key always give the same bytes. The receipt's KeyID is set.
func Sign(r Receipt, key ed25519.PrivateKey) ([]byte, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("sign a receipt: the key is none of Ed25519")
	}
	r.KeyID = KeyID(public)
	if r.Files == nil {
		r.Files = []File{}
	}
	if r.Links == nil {
		r.Links = []Link{}
	}
	r.DeliveredAt = r.DeliveredAt.UTC()
	payload, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	file, err := json.MarshalIndent(envelope{
		PayloadType: PayloadType, Payload: payload, Key: public,
		Signatures: []signature{{r.KeyID, ed25519.Sign(key, preAuth(PayloadType, payload))}},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	return append(file, '\n'), nil
}

// preAuth returns the signed bytes (DSSE, protocol.md, "Signature Definition").
func preAuth(kind string, payload []byte) []byte {
	return append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(kind), kind, len(payload)), payload...)
}

// KeyID returns the short name of a key: 32 hex digits of its SHA-256.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:16])
}

// EncodeKey returns the key in base64, as in receipts and in the server's answers.
func EncodeKey(key ed25519.PublicKey) string {
	return base64.StdEncoding.EncodeToString(key)
}
