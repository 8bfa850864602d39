package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Errors of [Verify] and [ParseKey].
var (
	ErrNoReceipt = errors.New("this is not a delivery receipt")
	ErrCutShort  = errors.New("the receipt is cut short; get it again")
	ErrAltered   = errors.New("the receipt was altered: its signature does not match")
	ErrOtherKey  = errors.New("the receipt was signed with another key")
	ErrBadKey    = errors.New("this is not a public key: a key is 32 bytes in base64")
)

// Verify checks the signature of a receipt and returns the receipt and the key that
// signed it. A trusted key must be the key that signed. With nil, Verify uses the key
// in the receipt, which proves only that the receipt has not changed since it was
// signed with that key.
//
// Its errors are ErrNoReceipt, ErrCutShort, ErrAltered and ErrOtherKey. On error it
// returns an empty receipt.
func Verify(file []byte, trusted ed25519.PublicKey) (Receipt, ed25519.PublicKey, error) {
	var e envelope
	if err := json.Unmarshal(file, &e); err != nil {
		return Receipt{}, nil, unreadable(file, err)
	}
	if e.PayloadType != PayloadType || len(e.Signatures) != 1 || len(e.Key) != ed25519.PublicKeySize {
		return Receipt{}, nil, ErrNoReceipt
	}
	key, sig := ed25519.PublicKey(e.Key), e.Signatures[0]
	if trusted != nil && !key.Equal(trusted) {
		return Receipt{}, nil, fmt.Errorf("%w: %s, not %s", ErrOtherKey, KeyID(key), KeyID(trusted))
	}
	if sig.KeyID != KeyID(key) || !ed25519.Verify(key, preAuth(e.PayloadType, e.Payload), sig.Sig) {
		return Receipt{}, nil, ErrAltered
	}
	var r Receipt
	if err := json.Unmarshal(e.Payload, &r); err != nil || r.Order == "" || r.Number < 1 || r.KeyID != sig.KeyID {
		return Receipt{}, nil, ErrNoReceipt // signed, but not by this program
	}
	return r, key, nil
}

// unreadable distinguishes a truncated receipt from another file.
func unreadable(file []byte, err error) error {
	var syntax *json.SyntaxError
	whole := bytes.TrimSpace(file)
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(file)) && bytes.HasPrefix(whole, []byte("{")) && !bytes.HasSuffix(whole, []byte("}")) {
		return ErrCutShort
	}
	return fmt.Errorf("%w, or it was altered: %w", ErrNoReceipt, err)
}

// ParseKey reads a public key: in base64, or the JSON document that a server
// answers with at /api/v1/server/key. It returns ErrBadKey.
func ParseKey(text []byte) (ed25519.PublicKey, error) {
	text = bytes.TrimSpace(text)
	var document struct {
		Key string `json:"key"`
	}
	if json.Unmarshal(text, &document) == nil {
		text = []byte(document.Key)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, ErrBadKey
	}
	return key, nil
}
