package desk

import (
	"encoding/json"
	"errors"

	"handover/app/internal/content"
	"handover/app/internal/draft"
)

// decode is the identity that a draft stores; the zero value, which is that of
// no file, when there is none.
func decode(stored string) (id content.Identity) {
	if stored != "" && json.Unmarshal([]byte(stored), &id) != nil {
		return content.Identity{}
	}
	return id
}

func encode(id content.Identity) string {
	raw, err := json.Marshal(id)
	if err != nil {
		panic(errors.New("numbers always encode"))
	}
	return string(raw)
}

// sameIdentity reports whether nothing shows that a file, which is now as the
// system says, has changed since the identity was stored.
func sameIdentity(stored string, now content.Identity) bool {
	return stored != "" && decode(stored).Same(now)
}

// sameFile reports that of the version that the upload of a draft's file holds.
func sameFile(f draft.File, now content.Identity) bool { return sameIdentity(f.Identity, now) }
