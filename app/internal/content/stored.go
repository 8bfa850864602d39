package content

import "encoding/json"

// Encode returns the identity as text for [ParseIdentity].
func (i Identity) Encode() string {
	raw, err := json.Marshal(i)
	if err != nil {
		panic(err) // numbers always encode
	}
	return string(raw)
}

// ParseIdentity returns an encoded identity, or the zero value, which matches no
// file, if the text is not one.
func ParseIdentity(text string) (i Identity) {
	if text != "" && json.Unmarshal([]byte(text), &i) != nil {
		return Identity{}
	}
	return i
}

// SameAs reports whether a file with the encoded identity shows no change now.
func SameAs(encoded string, now Identity) bool {
	return encoded != "" && ParseIdentity(encoded).Same(now)
}
