package admission

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"handover/backend/order"
)

// Metadata are the keys of Upload-Metadata that the server uses.
type Metadata struct {
	Order string
	Path  string
	// SHA256 is the digest of a file that the server may have already, or "". With
	// equal content, the upload is complete when it is created.
	SHA256 string
}

// CheckSHA256 returns an error unless SHA256 is empty or a digest in lower-case hex.
func (m Metadata) CheckSHA256() error {
	if m.SHA256 == "" {
		return nil
	}
	raw, err := hex.DecodeString(m.SHA256)
	if err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != m.SHA256 {
		return badMetadata("the value of sha256 is not a SHA-256 in lower-case hex")
	}
	return nil
}

// ParseMetadata reads Upload-Metadata as tus 1.0 ("Upload-Metadata") defines it:
// pairs separated by commas. Each pair is an ASCII key without spaces and an optional
// value in Base64. tusd skips invalid pairs, and a file would then get a wrong name;
// ParseMetadata refuses them.
func ParseMetadata(header string) (Metadata, error) {
	values := make(map[string]string)
	if header == "" {
		return Metadata{}, nil
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return Metadata{}, badMetadata("a key is empty or not printable ASCII")
		}
		if _, twice := values[key]; twice {
			return Metadata{}, badMetadata("the key " + key + " appears twice")
		}
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return Metadata{}, badMetadata("the value of " + key + " is not Base64")
		}
		values[key] = string(value)
	}
	return Metadata{Order: values["order"], Path: values["path"], SHA256: values["sha256"]}, nil
}

func badMetadata(what string) error {
	return &order.Error{Code: order.Invalid, Field: "Upload-Metadata", Message: "Upload-Metadata: " + what}
}
