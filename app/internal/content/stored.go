package content

import "encoding/json"

// Encode returns the identity as text for [ParseIdentity].
func (id Identity) Encode() string {
	raw, err := json.Marshal(id)
	if err != nil {
		panic(err) // numbers always encode
	}
	return string(raw)
}

// ParseIdentity returns an encoded identity, or the zero value, which matches no
// file, if the text is not one.
func ParseIdentity(text string) (id Identity) {
	if text != "" && json.Unmarshal([]byte(text), &id) != nil {
		return Identity{}
	}
	return id
}

// SameAs reports whether a file with the encoded identity shows no change now.
func SameAs(encoded string, now Identity) bool {
	return encoded != "" && ParseIdentity(encoded).Same(now)
}
