package uploads

import (
	"encoding/json"
	"path"
	"strings"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
)

// resume is the state from which an upload is resumed, besides its URL.
type resume struct {
	Parts      []tus.Part     `json:"parts,omitempty"`
	Checkpoint tus.Checkpoint `json:"checkpoint,omitzero"`
}

// resumeOf returns the stored state of an upload; the zero value if there is none,
// or if another version of the program stored it.
func resumeOf(f draft.File) (r resume) {
	if f.Resume == "" || json.Unmarshal([]byte(f.Resume), &r) != nil {
		return resume{}
	}
	return r
}

// partIDs returns the IDs of the parts on the server, as a draft stores them.
func partIDs(parts []tus.Part) string {
	var ids []string
	for _, p := range parts {
		if p.URL != "" {
			ids = append(ids, path.Base(p.URL))
		}
	}
	return strings.Join(ids, " ")
}

func (r resume) encode() string {
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err) // numbers, strings and bytes always encode
	}
	return string(raw)
}
