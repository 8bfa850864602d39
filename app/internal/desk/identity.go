package desk

import (
	"encoding/json"
	"errors"

	"handover/app/internal/content"
	"handover/app/internal/draft"
)

// decode is the identity that a draft stores; the zero value, which is that of
// no file, when there is none.
func ParseIdentity(stored string) (id content.Identity) {
	if stored != "" && json.Unmarshal([]byte(stored), &id) != nil {
		return content.Identity{}
	}
	return id
}

func EncodeIdentity(id content.Identity) string {
	raw, err := json.Marshal(id)
	if err != nil {
		panic(errors.New("numbers always encode"))
	}
	return string(raw)
}

// sameIdentity reports whether nothing shows that a file, which is now as the
// system says, has changed since the identity was stored.
func SameAs(stored string, now content.Identity) bool {
	return stored != "" && ParseIdentity(stored).Same(now)
}

// sameFile reports that of the version that the upload of a draft's file holds.
func SameFile(f draft.File, now content.Identity) bool { return SameAs(f.Identity, now) }
