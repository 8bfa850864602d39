package desk

import (
	"encoding/json"
	"path"
	"strings"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
)

// resume is what an upload needs to go on, beside its address.
type resume struct {
	Parts      []tus.Part     `json:"parts,omitempty"`
	Checkpoint tus.Checkpoint `json:"checkpoint,omitzero"`
}

// resumeOf returns what the draft knows of the upload; the zero value when that
// is nothing, or from another version of this program.
func resumeOf(f draft.File) (r resume) {
	if f.Resume == "" || json.Unmarshal([]byte(f.Resume), &r) != nil {
		return resume{}
	}
	return r
}

// partIDs are the parts that the server has, as a draft keeps them.
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
